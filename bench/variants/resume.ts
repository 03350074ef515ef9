import type { ObjectId } from 'mongodb';

interface FileRow {
  id: string;
  thumbnailKey?: string;
  fileName: string;
  fileSize: number;
  mimeType: string;
}

interface ExperienceRow {
  startDate: string;
  endDate?: string;
  description: string;
  district?: string;
  customerReview?: string;
  photos?: string[];
}

/** A published resume as it is stored, as far as the public answers need it. */
export interface ResumeRow {
  _id: ObjectId;
  name: string;
  phone: string;
  status: string;
  gender?: string;
  bornOn?: string;
  jobType: string;
  orderStatus?: string;
  expectedSalary?: number;
  maternityNurseLevel?: string;
  education?: string;
  skills?: string[];
  experienceYears?: number;
  ethnicity?: string;
  nativePlace?: string;
  zodiac?: string;
  zodiacSign?: string;
  serviceArea?: string[];
  selfIntroduction?: string;
  personalPhotos?: FileRow[];
  createdAt: Date;
  updatedAt: Date;
  maritalStatus?: string;
  religion?: string;
  workExperiences?: ExperienceRow[];
  availabilityCalendar?: { date: string; status: string }[];
  confinementMealPhotos?: FileRow[];
  cookingPhotos?: FileRow[];
  complementaryFoodPhotos?: FileRow[];
  positiveReviewPhotos?: FileRow[];
  selfIntroductionVideo?: FileRow;
  certificates?: FileRow[];
}

export const PUBLISHED = { status: 'published' } as const;
export const RESUME_INDEX = 'status';
export const RESUME_ORDER = { createdAt: -1, _id: -1 } as const;

export const RESUME_LIST_FIELDS = {
  name: 1,
  phone: 1,
  gender: 1,
  bornOn: 1,
  jobType: 1,
  orderStatus: 1,
  expectedSalary: 1,
  maternityNurseLevel: 1,
  education: 1,
  skills: 1,
  experienceYears: 1,
  ethnicity: 1,
  nativePlace: 1,
  zodiac: 1,
  zodiacSign: 1,
  serviceArea: 1,
  selfIntroduction: 1,
  personalPhotos: 1,
  createdAt: 1,
  updatedAt: 1,
} as const;

export const RESUME_DETAIL_FIELDS = {
  ...RESUME_LIST_FIELDS,
  maritalStatus: 1,
  religion: 1,
  workExperiences: 1,
  availabilityCalendar: 1,
  confinementMealPhotos: 1,
  cookingPhotos: 1,
  complementaryFoodPhotos: 1,
  positiveReviewPhotos: 1,
  selfIntroductionVideo: 1,
  certificates: 1,
} as const;

export function resumeListItem(row: ResumeRow) {
  return {
    id: String(row._id),
    name: row.name,
    phone: row.phone,
    gender: row.gender ?? null,
    age: row.bornOn ? ageOf(row.bornOn) : null,
    jobType: row.jobType,
    orderStatus: row.orderStatus ?? null,
    expectedSalary: row.expectedSalary ?? null,
    maternityNurseLevel: row.maternityNurseLevel ?? null,
    education: row.education ?? null,
    skills: row.skills ?? [],
    experienceYears: row.experienceYears ?? null,
    ethnicity: row.ethnicity ?? null,
    nativePlace: row.nativePlace ?? null,
    zodiac: row.zodiac ?? null,
    zodiacSign: row.zodiacSign ?? null,
    serviceArea: row.serviceArea ?? [],
    selfIntroduction: row.selfIntroduction ?? null,
    personalPhotos: files(row.personalPhotos),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function resumeDetail(row: ResumeRow) {
  return Object.assign(resumeListItem(row), {
    maritalStatus: row.maritalStatus ?? null,
    religion: row.religion ?? null,
    workExperiences: (row.workExperiences ?? []).map((item) => ({
      startDate: item.startDate,
      endDate: item.endDate ?? null,
      description: item.description,
      district: item.district ?? null,
      customerReview: item.customerReview ?? null,
      photos: item.photos ?? [],
    })),
    availabilityCalendar: (row.availabilityCalendar ?? []).map(({ date, status }) => ({ date, status })),
    confinementMealPhotos: files(row.confinementMealPhotos),
    cookingPhotos: files(row.cookingPhotos),
    complementaryFoodPhotos: files(row.complementaryFoodPhotos),
    positiveReviewPhotos: files(row.positiveReviewPhotos),
    selfIntroductionVideo: row.selfIntroductionVideo ? file(row.selfIntroductionVideo) : null,
    certificates: files(row.certificates),
  });
}

const FILES = `${process.env['PUBLIC_BASE_URL'] ?? ''}/files`;
/** All invented pictures are JPEG. */
function file({ id, thumbnailKey, fileName, fileSize, mimeType }: FileRow) {
  return {
    id,
    url: `${FILES}/${id}.jpg`,
    ...(thumbnailKey ? { thumbnailUrl: `${FILES}/${id}-thumbnail.jpg` } : {}),
    fileName,
    fileSize,
    mimeType,
  };
}

function files(rows: FileRow[] | undefined) {
  return (rows ?? []).map(file);
}

/** Completed years today, in Shanghai. */
function ageOf(born: string): number {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}
