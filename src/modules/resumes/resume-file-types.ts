import { AppError, invalidField } from '../../common/errors/app-error';
import { MB, type SizeLimits, typeNames, type UploadForm } from '../../common/uploads/upload-form';
import type { UploadedFile } from '../../common/uploads/upload-reader';
import type { IntendedFile } from '../files/file-intake';
import { FILE_TYPES } from './resume.enums';
import type { FILE_LISTS, SINGLE_FILES } from './resume.schema';

export type FileType = keyof typeof FILE_TYPES;

/** Where files of a type are kept, and what they may be. */
interface FileRule {
  place: { single: (typeof SINGLE_FILES)[number] } | { list: (typeof FILE_LISTS)[number] };
  limits: SizeLimits;
  /** opened by signed addresses only */
  private: boolean;
}

/** More of one type than anybody has; a record must not grow without end. */
export const LONGEST_LIST = 50;
const MOST_IN_BATCH = 30;

const IMAGE: SizeLimits = { 'image/jpeg': 5 * MB, 'image/png': 5 * MB, 'image/webp': 5 * MB };
const REPORT: SizeLimits = { ...IMAGE, 'application/pdf': 10 * MB };
const VIDEO: SizeLimits = { 'video/mp4': 50 * MB, 'video/quicktime': 50 * MB };

const photos = (list: (typeof FILE_LISTS)[number]): FileRule => ({
  place: { list },
  limits: IMAGE,
  private: false,
});

export const FILE_RULES: Record<FileType, FileRule> = {
  idCardFront: { place: { single: 'idCardFront' }, limits: IMAGE, private: true },
  idCardBack: { place: { single: 'idCardBack' }, limits: IMAGE, private: true },
  personalPhoto: photos('personalPhotos'),
  certificate: photos('certificates'),
  medicalReport: { place: { list: 'medicalReports' }, limits: REPORT, private: true },
  confinementMealPhoto: photos('confinementMealPhotos'),
  cookingPhoto: photos('cookingPhotos'),
  complementaryFoodPhoto: photos('complementaryFoodPhotos'),
  positiveReviewPhoto: photos('positiveReviewPhotos'),
  selfIntroductionVideo: { place: { single: 'selfIntroductionVideo' }, limits: VIDEO, private: false },
};

/** Whatever the type: each content has the same limit wherever it is taken. */
const ANY_TYPE: SizeLimits = { ...REPORT, ...VIDEO };

const TYPE_NAMES = Object.keys(FILE_TYPES).join('、');

export const ONE_FILE: UploadForm = {
  fileField: 'file',
  maxFiles: 1,
  maxBytes: 50 * MB,
  textFields: { type: { description: `文件类型：${TYPE_NAMES}`, example: 'personalPhoto' } },
  limits: ({ type }) => (type === undefined ? ANY_TYPE : FILE_RULES[fileTypeOf(type)].limits),
};

export const SEVERAL_FILES: UploadForm = {
  fileField: 'files',
  maxFiles: MOST_IN_BATCH,
  // one video, and reports otherwise
  maxBytes: 50 * MB + (MOST_IN_BATCH - 1) * 10 * MB,
  textFields: {
    types: {
      description: `JSON 数组，与 files 一一对应的文件类型：${TYPE_NAMES}`,
      example: '["personalPhoto","certificate"]',
    },
  },
  limits: () => ANY_TYPE,
};

/** An upload that is what its type asks for. */
export interface TypedFile extends IntendedFile {
  type: FileType;
}

/** @throws {AppError} INVALID_PARAMS */
export function fileTypeOf(type: unknown, field = 'type'): FileType {
  if (typeof type === 'string' && Object.hasOwn(FILE_RULES, type)) return type as FileType;
  throw invalidField(field, `文件类型应为以下之一：${TYPE_NAMES}`);
}

/** @throws {AppError} INVALID_FILE_TYPE for content that the type does not take */
export function typed(file: UploadedFile, type: FileType): TypedFile {
  const { limits, private: isPrivate } = FILE_RULES[type];
  if (limits[file.mimeType] !== undefined) return { file, type, private: isPrivate };
  throw new AppError('INVALID_FILE_TYPE', {
    message: `“${FILE_TYPES[type]}”可以上传 ${typeNames(limits)}，不支持 ${file.fileName}`,
  });
}

/**
 * The types of a batch, one for each file.
 * @throws {AppError} INVALID_PARAMS naming `types`
 */
export function typesOfBatch(json: string | undefined, count: number): FileType[] {
  const types = parsed(json).map((type) => fileTypeOf(type, 'types'));
  if (types.length !== count)
    throw invalidField('types', `types 有 ${types.length} 项，与文件数 ${count} 不一致`);
  const single = types.filter((type) => 'single' in FILE_RULES[type].place);
  if (new Set(single).size < single.length)
    throw invalidField('types', '身份证正面、身份证反面、自我介绍视频各只能有一个');
  return types;
}

function parsed(json: string | undefined): unknown[] {
  try {
    const value: unknown = JSON.parse(json ?? '');
    if (Array.isArray(value)) return value;
  } catch {
    // told below, like any other value that is no array
  }
  throw invalidField('types', 'types 应为 JSON 数组，例如 ["personalPhoto"]');
}
