import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

/** The name in a file's address. What is no such name is a file that does not exist. */
export class FileNameParam extends createZodDto(
  z.object({ name: z.string().meta({ example: '9f86d081884c7d659a2feaa0c55ad015.jpg' }) }),
) {}

/** What the address of a private file carries; anything else is taken for no signature at all. */
export class OpenFileDto extends createZodDto(
  z.object({
    expires: z.coerce
      .number()
      .int()
      .optional()
      .catch(undefined)
      .meta({ description: '私有文件：链接有效期至（Unix 秒）', example: 1_768_300_000 }),
    signature: z
      .string()
      .optional()
      .catch(undefined)
      .meta({ description: '私有文件：链接签名', example: 'wJk0mZ7yqg3nqk3m0m2m8o1d0Zl7m5vXoQ8m1mJr2bE' }),
  }),
) {}
