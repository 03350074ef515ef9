import { Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { CurrentExchange, type Exchange } from '../../common/http/exchange';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { TakesFiles } from '../../common/uploads/upload-form';
import { PICTURES, uploadedPictures } from './pictures.dto';
import { Pictures } from './pictures.service';

@MarketplaceController('img', '市场：图片')
export class PicturesController {
  constructor(private readonly pictures: Pictures) {}

  @Post('upload')
  @Access('member')
  @Idempotent()
  @TakesFiles(PICTURES)
  @MarketplaceAnswers({
    summary: '上传图片，最多 4 张，每张 ≤ 20 MB；一天内没有用到的会删除',
    data: uploadedPictures,
  })
  upload(@CurrentExchange() exchange: Exchange, @CurrentCaller() caller: MemberCaller) {
    return this.pictures.upload(exchange, caller);
  }
}
