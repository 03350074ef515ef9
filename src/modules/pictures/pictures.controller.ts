import { Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { TakesFiles } from '../../common/uploads/upload-form';
import { PICTURES, uploadedPictures } from './pictures.dto';
import { Pictures } from './pictures.service';

@MarketplaceController('img', '市场：图片')
export class PicturesController {
  constructor(private readonly pictures: Pictures) {}

  @Post('upload')
  @Access('member')
  @TakesFiles(PICTURES)
  @MarketplaceAnswers({
    summary: '上传图片，最多 4 张，每张 ≤ 20 MB；一天内没有用到的会删除',
    data: uploadedPictures,
  })
  upload(@Req() request: FastifyRequest, @CurrentCaller() caller: MemberCaller) {
    return this.pictures.upload(request, caller);
  }
}
