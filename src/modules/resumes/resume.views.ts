import { z } from 'zod';
import { formatShanghaiDay } from '../../common/time/shanghai';
import { type FileAddresses, fileView } from '../files/file-addresses';
import type { StaffDirectory } from '../users/staff-directory';
import { ageOn } from './age';
import { RESUME_STATUSES } from './resume.enums';
import type { Resume } from './resume.schema';

export const optionalText = z.string().nullable();
export const optionalNumber = z.number().nullable();
export const time = z.iso.datetime();
export const example = {
  id: '66f1a2b3c4d5e6f708192a3b',
  name: '张桂芳',
  phone: '13800138000',
  job: 'yuexin',
  day: '1984-05-20',
};

const experience = z.strictObject({
  startDate: z.string().meta({ example: '2023-03' }),
  endDate: optionalText.meta({ example: '2024-06', description: 'null：至今' }),
  description: z.string(),
  orderNumber: optionalText,
  district: optionalText,
  customerName: optionalText,
  customerReview: optionalText,
  photos: z.array(z.string()),
});

const review = z.strictObject({
  action: z.enum(['publish', 'reject']),
  reason: z.string(),
  reviewedBy: z.string(),
  reviewedByName: z.string().meta({ example: '李静' }),
  reviewedAt: time,
});

/** A row of the staff's list. */
export const resumeListItem = z.strictObject({
  id: z.string().meta({ example: example.id }),
  name: z.string().meta({ example: example.name }),
  phone: z.string().meta({ example: example.phone }),
  gender: optionalText.meta({ example: 'female' }),
  age: optionalNumber.meta({ example: 42 }),
  jobType: z.string().meta({ example: example.job }),
  status: z.enum(RESUME_STATUSES).meta({ example: 'published' }),
  orderStatus: optionalText.meta({ example: 'accepting' }),
  leadSource: z.string().meta({ example: 'referral' }),
  expectedSalary: optionalNumber.meta({ example: 8000 }),
  maternityNurseLevel: optionalText.meta({ example: 'gold' }),
  education: optionalText,
  skills: z.array(z.string()),
  experienceYears: optionalNumber,
  ethnicity: optionalText,
  nativePlace: optionalText,
  personalPhotos: z.array(fileView),
  createdAt: time,
  updatedAt: time,
});
type ResumeListItem = z.infer<typeof resumeListItem>;

/** All of a resume, for the agency's own staff. */
export const resumeDetail = resumeListItem.extend({
  idNumber: optionalText,
  birthDate: optionalText.meta({ example: example.day }),
  zodiac: optionalText,
  zodiacSign: optionalText,
  wechat: optionalText,
  selfIntroduction: optionalText,
  internalEvaluation: optionalText,
  remarks: optionalText,
  maritalStatus: optionalText,
  religion: optionalText,
  currentAddress: optionalText,
  hukouAddress: optionalText,
  serviceArea: z.array(z.string()),
  emergencyContactName: optionalText,
  emergencyContactPhone: optionalText,
  medicalExamDate: optionalText,
  learningIntention: optionalText,
  currentStage: optionalText,
  workExperiences: z.array(experience),
  availabilityCalendar: z.array(
    z.strictObject({ date: z.string(), status: z.string(), remarks: optionalText }),
  ),
  idCardFront: fileView.nullable(),
  idCardBack: fileView.nullable(),
  certificates: z.array(fileView),
  medicalReports: z.array(fileView),
  confinementMealPhotos: z.array(fileView),
  cookingPhotos: z.array(fileView),
  complementaryFoodPhotos: z.array(fileView),
  positiveReviewPhotos: z.array(fileView),
  selfIntroductionVideo: fileView.nullable(),
  review: review.nullable(),
  createdBy: optionalText,
  createdByName: z.string().meta({ example: '李静' }),
});
export type ResumeDetail = z.infer<typeof resumeDetail>;

export const createdResume = z.strictObject({
  id: z.string().meta({ example: example.id }),
  createdAt: time,
  action: z.enum(['CREATED', 'UPDATED']),
  resume: resumeDetail,
});
export type CreatedResume = z.infer<typeof createdResume>;

/** What the staff's list reads. */
export const LIST_FIELDS = {
  name: 1,
  phone: 1,
  gender: 1,
  bornOn: 1,
  jobType: 1,
  status: 1,
  orderStatus: 1,
  leadSource: 1,
  expectedSalary: 1,
  maternityNurseLevel: 1,
  education: 1,
  skills: 1,
  experienceYears: 1,
  ethnicity: 1,
  nativePlace: 1,
  personalPhotos: 1,
  createdAt: 1,
  updatedAt: 1,
} as const;
export const DETAIL_FIELDS = { searchTerms: 0 } as const;
export type ListedResume = Pick<Resume, '_id' | keyof typeof LIST_FIELDS>;

/** Today's age; null where neither birth date nor age was ever told. */
export function ageOf({ bornOn }: Pick<Resume, 'bornOn'>): number | null {
  return bornOn === undefined ? null : ageOn(formatShanghaiDay(new Date()), bornOn);
}

export function toListItem(resume: ListedResume, files: FileAddresses): ResumeListItem {
  return {
    id: resume._id.toHexString(),
    name: resume.name,
    phone: resume.phone,
    gender: resume.gender ?? null,
    age: ageOf(resume),
    jobType: resume.jobType,
    status: resume.status,
    orderStatus: resume.orderStatus ?? null,
    leadSource: resume.leadSource,
    expectedSalary: resume.expectedSalary ?? null,
    maternityNurseLevel: resume.maternityNurseLevel ?? null,
    education: resume.education ?? null,
    skills: resume.skills ?? [],
    experienceYears: resume.experienceYears ?? null,
    ethnicity: resume.ethnicity ?? null,
    nativePlace: resume.nativePlace ?? null,
    personalPhotos: (resume.personalPhotos ?? []).map((file) => files.view(file)),
    createdAt: resume.createdAt.toISOString(),
    updatedAt: resume.updatedAt.toISOString(),
  };
}

/** Everything; the caller is staff who may see resumes. */
export function toDetail(resume: Resume, files: FileAddresses, staff: StaffDirectory): ResumeDetail {
  return {
    ...toListItem(resume, files),
    ...personal(resume),
    ...filesOf(resume, files),
    review: resume.review
      ? {
          action: resume.review.action,
          reason: resume.review.reason,
          reviewedBy: resume.review.reviewedBy.toHexString(),
          reviewedByName: staff.nameOf(resume.review.reviewedBy),
          reviewedAt: resume.review.reviewedAt.toISOString(),
        }
      : null,
    createdBy: resume.createdBy?.toHexString() ?? null,
    createdByName: staff.nameOf(resume.createdBy),
  };
}

function personal(resume: Resume) {
  return {
    idNumber: resume.idNumber ?? null,
    birthDate: resume.birthDate ?? null,
    zodiac: resume.zodiac ?? null,
    zodiacSign: resume.zodiacSign ?? null,
    wechat: resume.wechat ?? null,
    selfIntroduction: resume.selfIntroduction ?? null,
    internalEvaluation: resume.internalEvaluation ?? null,
    remarks: resume.remarks ?? null,
    maritalStatus: resume.maritalStatus ?? null,
    religion: resume.religion ?? null,
    currentAddress: resume.currentAddress ?? null,
    hukouAddress: resume.hukouAddress ?? null,
    serviceArea: resume.serviceArea ?? [],
    emergencyContactName: resume.emergencyContactName ?? null,
    emergencyContactPhone: resume.emergencyContactPhone ?? null,
    medicalExamDate: resume.medicalExamDate ?? null,
    learningIntention: resume.learningIntention ?? null,
    currentStage: resume.currentStage ?? null,
    workExperiences: (resume.workExperiences ?? []).map((item) => ({
      startDate: item.startDate,
      endDate: item.endDate ?? null,
      description: item.description,
      orderNumber: item.orderNumber ?? null,
      district: item.district ?? null,
      customerName: item.customerName ?? null,
      customerReview: item.customerReview ?? null,
      photos: item.photos ?? [],
    })),
    availabilityCalendar: (resume.availabilityCalendar ?? []).map((item) => ({
      date: item.date,
      status: item.status,
      remarks: item.remarks ?? null,
    })),
  };
}

function filesOf(resume: Resume, files: FileAddresses) {
  const one = (file: Resume['idCardFront']) => (file ? files.view(file) : null);
  const list = (found: Resume['certificates']) => (found ?? []).map((file) => files.view(file));
  return {
    idCardFront: one(resume.idCardFront),
    idCardBack: one(resume.idCardBack),
    certificates: list(resume.certificates),
    medicalReports: list(resume.medicalReports),
    confinementMealPhotos: list(resume.confinementMealPhotos),
    cookingPhotos: list(resume.cookingPhotos),
    complementaryFoodPhotos: list(resume.complementaryFoodPhotos),
    positiveReviewPhotos: list(resume.positiveReviewPhotos),
    selfIntroductionVideo: one(resume.selfIntroductionVideo),
  };
}
