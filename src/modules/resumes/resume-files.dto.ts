import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { FILE_TYPES } from './resume.enums';
import type { FileType } from './resume-file-types';

const fileType = z.enum(Object.keys(FILE_TYPES) as [FileType, ...FileType[]]).meta({
  example: 'personalPhoto',
});
const address = z
  .string()
  .meta({ example: 'https://crm.example.cn/files/9f86d081884c7d659a2feaa0c55ad015.jpg' });
const resumeId = z.string().meta({ example: '66f1a2b3c4d5e6f708192a3b' });

export const uploadedFile = z.strictObject({
  fileUrl: address,
  fileType,
  fileName: z.string().meta({ example: '母婴护理证.jpg' }),
  fileSize: z.int().meta({ example: 182_400, description: '保存后的字节数' }),
  resumeId,
});
export type UploadedFileView = z.infer<typeof uploadedFile>;

export const batchOfFiles = z.strictObject({
  resumeId,
  uploadedFiles: z.array(
    uploadedFile.extend({ index: z.int().meta({ example: 0, description: '在 files 中的位置，从 0 开始' }) }),
  ),
  totalCount: z.int().meta({ example: 1 }),
});
export type BatchOfFiles = z.infer<typeof batchOfFiles>;

export const deletedFile = z.strictObject({ resumeId, deletedFileUrl: address, fileType });
export type DeletedFile = z.infer<typeof deletedFile>;

export class DeleteFileDto extends createZodDto(
  z.object({
    fileUrl: z.string().min(1).max(2000).meta({
      description: '上传时返回的地址；签名过期的也可以',
      example: 'https://crm.example.cn/files/9f86d081884c7d659a2feaa0c55ad015.jpg',
    }),
    fileType,
  }),
) {}
