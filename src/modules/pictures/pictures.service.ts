import { Injectable } from '@nestjs/common';
import type { MemberCaller } from '../../common/access/caller';
import type { Exchange } from '../../common/http/exchange';
import { RateLimiter } from '../../common/rate-limit/rate-limiter';
import { FileIntake, referencesTo } from '../files/file-intake';
import { OfferedFiles } from '../files/offered-files';
import { PICTURES, type UploadedPictures } from './pictures.dto';

/** Pictures that members upload before they post what shows them. */
@Injectable()
export class Pictures {
  constructor(
    private readonly intake: FileIntake,
    private readonly files: OfferedFiles,
    private readonly limits: RateLimiter,
  ) {}

  /** All of them or none. @throws {AppError} INVALID_PARAMS, INVALID_FILE_TYPE, FILE_TOO_LARGE, RATE_LIMITED */
  async upload(exchange: Exchange, { principal }: MemberCaller): Promise<UploadedPictures | string> {
    const who = `member:${principal.id}`;
    await this.limits.take('pictureUpload', who);
    return this.intake.take(exchange, {
      form: PICTURES,
      sort: async ({ files }) => {
        const bytes = files.reduce((sum, { size }) => sum + size, 0);
        await this.limits.take('pictureKilobytesDay', who, Math.ceil(bytes / 1024));
        return files.map((file) => ({ file, private: false }));
      },
      record: async (kept, session) => {
        const urls = (await this.files.offer(referencesTo(kept), who, session)).map(({ url }) => url);
        const [url = ''] = urls;
        return urls.length > 1 ? { url, urls } : { url };
      },
    });
  }
}
