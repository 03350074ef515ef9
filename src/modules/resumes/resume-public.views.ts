import { z } from 'zod';
import { type FileAddresses, fileView } from '../files/file-addresses';
import type { FileReference } from '../files/file-reference';
import { withoutIdentity, withoutIdNumbers, withoutPhones } from './resume-masking';
import { RESUME_STATUSES } from './resume.enums';
import type { Resume } from './resume.schema';
import { ageOf, example, optionalNumber, optionalText, time } from './resume.views';

/**
 * What everybody may see of a published resume. Each view names its fields here, and what the database is asked for is
 * only these: a field that is added to the schema leaves by none of them until somebody writes it down.
 */

/** A row of the public list: name and phone as they are, by the agency's agreement with its workers. */
export const publicListItem = z.strictObject({
  id: z.string().meta({ example: example.id }),
  name: z.string().meta({ example: example.name }),
  phone: z.string().meta({ example: example.phone }),
  gender: optionalText.meta({ example: 'female' }),
  age: optionalNumber.meta({ example: 42 }),
  jobType: z.string().meta({ example: example.job }),
  orderStatus: optionalText.meta({ example: 'accepting' }),
  expectedSalary: optionalNumber.meta({ example: 8000 }),
  maternityNurseLevel: optionalText.meta({ example: 'gold' }),
  education: optionalText,
  skills: z.array(z.string()),
  experienceYears: optionalNumber,
  ethnicity: optionalText,
  nativePlace: optionalText,
  zodiac: optionalText,
  zodiacSign: optionalText,
  serviceArea: z.array(z.string()),
  selfIntroduction: optionalText,
  personalPhotos: z.array(fileView),
  createdAt: time,
  updatedAt: time,
});
type PublicListItem = z.infer<typeof publicListItem>;

/** Without the customer's name and the order's number, which are somebody else's. */
const publicExperience = z.strictObject({
  startDate: z.string(),
  endDate: optionalText,
  description: z.string(),
  district: optionalText,
  customerReview: optionalText,
  photos: z.array(z.string()),
});

const publicMore = {
  maritalStatus: optionalText,
  religion: optionalText,
  workExperiences: z.array(publicExperience),
  availabilityCalendar: z.array(z.strictObject({ date: z.string(), status: z.string() })),
  confinementMealPhotos: z.array(fileView),
  cookingPhotos: z.array(fileView),
  complementaryFoodPhotos: z.array(fileView),
  positiveReviewPhotos: z.array(fileView),
  selfIntroductionVideo: fileView.nullable(),
};

export const publicDetail = publicListItem.extend({ ...publicMore, certificates: z.array(fileView) });
export type PublicDetail = z.infer<typeof publicDetail>;

/** For whoever holds a link: name and phone masked (`张**`, `138****8000`), no certificates. */
export const sharedResume = publicListItem.extend(publicMore);
export type SharedResume = z.infer<typeof sharedResume>;

/** A hit of the search for workers. */
export const foundWorker = publicListItem.pick({
  id: true,
  name: true,
  phone: true,
  gender: true,
  age: true,
  jobType: true,
  orderStatus: true,
  expectedSalary: true,
  experienceYears: true,
  nativePlace: true,
  personalPhotos: true,
});
export type FoundWorker = z.infer<typeof foundWorker>;

/** What people who register themselves get back. */
export const registration = z.strictObject({
  id: z.string().meta({ example: example.id }),
  name: z.string().meta({ example: example.name }),
  phone: z.string().meta({ example: example.phone }),
  gender: optionalText.meta({ example: 'female' }),
  age: optionalNumber.meta({ example: 42 }),
  jobType: z.string().meta({ example: example.job }),
  status: z.enum(RESUME_STATUSES).meta({ example: 'draft' }),
  leadSource: z.string().meta({ example: 'self-registration' }),
  createdAt: time,
});
type Registration = z.infer<typeof registration>;

/** What the database is asked for, beside `_id`. */
export const PUBLIC_LIST_FIELDS = {
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
export const SHARED_FIELDS = {
  ...PUBLIC_LIST_FIELDS,
  maritalStatus: 1,
  religion: 1,
  workExperiences: 1,
  availabilityCalendar: 1,
  confinementMealPhotos: 1,
  cookingPhotos: 1,
  complementaryFoodPhotos: 1,
  positiveReviewPhotos: 1,
  selfIntroductionVideo: 1,
} as const;
export const PUBLIC_DETAIL_FIELDS = { ...SHARED_FIELDS, certificates: 1 } as const;
export const WORKER_FIELDS = {
  name: 1,
  phone: 1,
  gender: 1,
  bornOn: 1,
  jobType: 1,
  orderStatus: 1,
  expectedSalary: 1,
  experienceYears: 1,
  nativePlace: 1,
  personalPhotos: 1,
} as const;

export type PublicRow = Pick<Resume, '_id' | keyof typeof PUBLIC_LIST_FIELDS>;
export type SharedRow = Pick<Resume, '_id' | keyof typeof SHARED_FIELDS>;
export type PublicDetailRow = Pick<Resume, '_id' | keyof typeof PUBLIC_DETAIL_FIELDS>;
export type WorkerRow = Pick<Resume, '_id' | keyof typeof WORKER_FIELDS>;

export function toPublicListItem(row: PublicRow, files: FileAddresses): PublicListItem {
  return listItem(withoutIdNumbers(row), files);
}

/** @param resume with its texts as they may be shown */
function listItem(resume: PublicRow, files: FileAddresses): PublicListItem {
  // assigned: spread, the same takes several times as long
  return Object.assign(toFoundWorker(resume, files), {
    maternityNurseLevel: resume.maternityNurseLevel ?? null,
    education: resume.education ?? null,
    skills: resume.skills ?? [],
    ethnicity: resume.ethnicity ?? null,
    zodiac: resume.zodiac ?? null,
    zodiacSign: resume.zodiacSign ?? null,
    serviceArea: resume.serviceArea ?? [],
    selfIntroduction: resume.selfIntroduction ?? null,
    createdAt: resume.createdAt.toISOString(),
    updatedAt: resume.updatedAt.toISOString(),
  });
}

export function toPublicDetail(row: PublicDetailRow, files: FileAddresses): PublicDetail {
  const resume = withoutIdNumbers(row);
  return Object.assign(listItem(resume, files), more(resume, files), {
    certificates: views(resume.certificates, files),
  });
}

export function toShared(resume: SharedRow, files: FileAddresses): SharedResume {
  const masked = withoutIdentity(resume);
  return Object.assign(listItem(masked, files), more(masked, files));
}

export function toFoundWorker(resume: WorkerRow, files: FileAddresses): FoundWorker {
  return {
    id: resume._id.toHexString(),
    name: resume.name,
    phone: resume.phone,
    gender: resume.gender ?? null,
    age: ageOf(resume),
    jobType: resume.jobType,
    orderStatus: resume.orderStatus ?? null,
    expectedSalary: resume.expectedSalary ?? null,
    experienceYears: resume.experienceYears ?? null,
    nativePlace: resume.nativePlace ?? null,
    personalPhotos: views(resume.personalPhotos, files),
  };
}

export function toMaskedWorker(resume: WorkerRow, files: FileAddresses): FoundWorker {
  return toFoundWorker(withoutPhones(resume), files);
}

export function toRegistration(resume: Resume): Registration {
  return {
    id: resume._id.toHexString(),
    name: resume.name,
    phone: resume.phone,
    gender: resume.gender ?? null,
    age: ageOf(resume),
    jobType: resume.jobType,
    status: resume.status,
    leadSource: resume.leadSource,
    createdAt: resume.createdAt.toISOString(),
  };
}

function more(resume: SharedRow, files: FileAddresses) {
  return {
    maritalStatus: resume.maritalStatus ?? null,
    religion: resume.religion ?? null,
    workExperiences: (resume.workExperiences ?? []).map((item) => ({
      startDate: item.startDate,
      endDate: item.endDate ?? null,
      description: item.description,
      district: item.district ?? null,
      customerReview: item.customerReview ?? null,
      photos: item.photos ?? [],
    })),
    availabilityCalendar: (resume.availabilityCalendar ?? []).map(({ date, status }) => ({ date, status })),
    confinementMealPhotos: views(resume.confinementMealPhotos, files),
    cookingPhotos: views(resume.cookingPhotos, files),
    complementaryFoodPhotos: views(resume.complementaryFoodPhotos, files),
    positiveReviewPhotos: views(resume.positiveReviewPhotos, files),
    selfIntroductionVideo: resume.selfIntroductionVideo ? files.view(resume.selfIntroductionVideo) : null,
  };
}

function views(references: FileReference[] | undefined, files: FileAddresses) {
  return (references ?? []).map((file) => files.view(file));
}
