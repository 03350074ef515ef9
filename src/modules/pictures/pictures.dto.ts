import { z } from 'zod';
import { EXTENSIONS, type MimeType } from '../../common/uploads/content-type';
import { MB, type SizeLimits, type UploadForm } from '../../common/uploads/upload-form';

const MOST_PICTURES = 4;
const LARGEST_BYTES = 20 * MB;

/** Every kind of image that the service can read. */
const LIMITS: SizeLimits = Object.fromEntries(
  (Object.keys(EXTENSIONS) as MimeType[])
    .filter((type) => type.startsWith('image/'))
    .map((type) => [type, LARGEST_BYTES]),
);

export const PICTURES: UploadForm = {
  fileField: 'file',
  maxFiles: MOST_PICTURES,
  maxBytes: MOST_PICTURES * LARGEST_BYTES,
  textFields: {},
  limits: () => LIMITS,
};

const url = z.url().meta({ example: 'https://crm.example.cn/files/9f86d081884c7d659a2feaa0c55ad015.png' });

export const uploadedPictures = z.strictObject({
  url,
  urls: z.array(url).optional().meta({ description: '上传多张时：按上传顺序的全部地址' }),
});
export type UploadedPictures = z.infer<typeof uploadedPictures>;
