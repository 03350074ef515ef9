import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { MemberCaller } from '../../common/access/caller';
import { RateLimiter } from '../../common/rate-limit/rate-limiter';
import { UploadReader } from '../../common/uploads/upload-reader';
import { OfferedFiles } from '../files/offered-files';
import { PICTURES, type UploadedPictures } from './pictures.dto';

/** Pictures that members upload before they post what shows them. */
@Injectable()
export class Pictures {
  constructor(
    private readonly uploads: UploadReader,
    private readonly files: OfferedFiles,
    private readonly limits: RateLimiter,
  ) {}

  /** All of them or none. @throws {AppError} INVALID_PARAMS, INVALID_FILE_TYPE, FILE_TOO_LARGE, RATE_LIMITED */
  async upload(request: FastifyRequest, { principal }: MemberCaller): Promise<UploadedPictures> {
    const who = `member:${principal.id}`;
    await this.limits.take('pictureUpload', who);
    return this.uploads.read(request, PICTURES, async ({ files }) => {
      const urls = (await this.files.offer(files, who)).map(({ url }) => url);
      const [url = ''] = urls;
      return urls.length > 1 ? { url, urls } : { url };
    });
  }
}
