import { Expose, plainToInstance, Type } from 'class-transformer';
import { IsInt, IsMongoId, Max, Min, validateOrReject } from 'class-validator';
import type { Request, Response } from 'express';
import { model, Schema } from 'mongoose';
import { pageOf, success } from './customer';
import {
  PUBLISHED,
  RESUME_DETAIL_FIELDS,
  RESUME_INDEX,
  RESUME_LIST_FIELDS,
  RESUME_ORDER,
  resumeDetail,
  resumeListItem,
  type ResumeRow,
} from './resume';

class ListQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  page = 1;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  pageSize = 10;
}

class IdParam {
  @IsMongoId()
  id!: string;
}

class FileView {
  @Expose() id!: string;
  @Expose() url!: string;
  @Expose() thumbnailUrl?: string;
  @Expose() fileName!: string;
  @Expose() fileSize!: number;
  @Expose() mimeType!: string;
}

class ExperienceView {
  @Expose() startDate!: string;
  @Expose() endDate!: string | null;
  @Expose() description!: string;
  @Expose() district!: string | null;
  @Expose() customerReview!: string | null;
  @Expose() photos!: string[];
}

class DayView {
  @Expose() date!: string;
  @Expose() status!: string;
}

class ResumeListItem {
  @Expose() id!: string;
  @Expose() name!: string;
  @Expose() phone!: string;
  @Expose() gender!: string | null;
  @Expose() age!: number | null;
  @Expose() jobType!: string;
  @Expose() orderStatus!: string | null;
  @Expose() expectedSalary!: number | null;
  @Expose() maternityNurseLevel!: string | null;
  @Expose() education!: string | null;
  @Expose() skills!: string[];
  @Expose() experienceYears!: number | null;
  @Expose() ethnicity!: string | null;
  @Expose() nativePlace!: string | null;
  @Expose() zodiac!: string | null;
  @Expose() zodiacSign!: string | null;
  @Expose() serviceArea!: string[];
  @Expose() selfIntroduction!: string | null;
  @Expose() @Type(() => FileView) personalPhotos!: FileView[];
  @Expose() createdAt!: string;
  @Expose() updatedAt!: string;
}

class ResumeDetail extends ResumeListItem {
  @Expose() maritalStatus!: string | null;
  @Expose() religion!: string | null;
  @Expose() @Type(() => ExperienceView) workExperiences!: ExperienceView[];
  @Expose() @Type(() => DayView) availabilityCalendar!: DayView[];
  @Expose() @Type(() => FileView) confinementMealPhotos!: FileView[];
  @Expose() @Type(() => FileView) cookingPhotos!: FileView[];
  @Expose() @Type(() => FileView) complementaryFoodPhotos!: FileView[];
  @Expose() @Type(() => FileView) positiveReviewPhotos!: FileView[];
  @Expose() @Type(() => FileView) selfIntroductionVideo!: FileView | null;
  @Expose() @Type(() => FileView) certificates!: FileView[];
}

const EXPOSED = { excludeExtraneousValues: true };

const storedFile = new Schema(
  {
    id: String,
    thumbnailKey: String,
    fileName: String,
    fileSize: Number,
    mimeType: String,
  },
  { _id: false, id: false },
);
const experience = new Schema(
  {
    startDate: String,
    endDate: String,
    description: String,
    district: String,
    customerReview: String,
    photos: [String],
  },
  { _id: false },
);

const resumeSchema = new Schema<ResumeRow>(
  {
    name: { type: String, required: true },
    phone: { type: String, required: true },
    status: String,
    gender: String,
    bornOn: String,
    jobType: String,
    orderStatus: String,
    expectedSalary: Number,
    maternityNurseLevel: String,
    education: String,
    skills: [String],
    experienceYears: Number,
    ethnicity: String,
    nativePlace: String,
    zodiac: String,
    zodiacSign: String,
    serviceArea: [String],
    selfIntroduction: String,
    personalPhotos: [storedFile],
    maritalStatus: String,
    religion: String,
    workExperiences: [experience],
    availabilityCalendar: [new Schema({ date: String, status: String }, { _id: false })],
    confinementMealPhotos: [storedFile],
    cookingPhotos: [storedFile],
    complementaryFoodPhotos: [storedFile],
    positiveReviewPhotos: [storedFile],
    selfIntroductionVideo: storedFile,
    certificates: [storedFile],
  },
  { collection: 'resumes', timestamps: true, autoIndex: false, autoCreate: false },
);

const Resume = model('Resume', resumeSchema);
const LIST_SELECTION = Object.keys(RESUME_LIST_FIELDS).join(' ');
const DETAIL_SELECTION = Object.keys(RESUME_DETAIL_FIELDS).join(' ');

/** The public list of published resumes. */
export async function listResumes(request: Request, response: Response): Promise<void> {
  const query = plainToInstance(ListQuery, request.query);
  await validateOrReject(query, { whitelist: true });
  const { page, pageSize } = query;
  const [documents, total] = await Promise.all([
    Resume.find(PUBLISHED)
      .select(LIST_SELECTION)
      .sort(RESUME_ORDER)
      .skip((page - 1) * pageSize)
      .limit(pageSize)
      .hint(RESUME_INDEX),
    Resume.countDocuments(PUBLISHED).hint(RESUME_INDEX),
  ]);
  const items = documents.map((document) =>
    plainToInstance(ResumeListItem, resumeListItem(document.toObject()), EXPOSED),
  );
  response.json(success(pageOf(items, total, page, pageSize)));
}

/** One of them. */
export async function oneResume(request: Request, response: Response): Promise<void> {
  const { id } = plainToInstance(IdParam, request.params);
  await validateOrReject(Object.assign(new IdParam(), { id }));
  const document = await Resume.findOne({ _id: id, ...PUBLISHED }).select(DETAIL_SELECTION);
  if (document)
    response.json(success(plainToInstance(ResumeDetail, resumeDetail(document.toObject()), EXPOSED)));
  else response.sendStatus(404);
}
