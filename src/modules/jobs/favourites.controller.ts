import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { favouriteList, Favourites } from './favourites.service';
import { JobIdDto, MyJobsDto } from './jobs.dto';

@MarketplaceController('', '市场：收藏')
export class FavouritesController {
  constructor(private readonly favourites: Favourites) {}

  @Post(['job/collect', 'jobs/collect'])
  @Access('member')
  @Idempotent()
  @MarketplaceAnswers({ summary: '收藏；重复收藏不变' })
  add(@Body() { job_id }: JobIdDto, @CurrentCaller() caller: MemberCaller) {
    return this.favourites.add(job_id, caller);
  }

  /** [sic]: the mini-program in people's hands spells it so. */
  @Post(['job/cancnel_collect', 'jobs/cancel_collect', 'job/cancel_collect'])
  @Access('member')
  @MarketplaceAnswers({ summary: '取消收藏；没有收藏过也成功' })
  remove(@Body() { job_id }: JobIdDto, @CurrentCaller() caller: MemberCaller) {
    return this.favourites.remove(job_id, caller);
  }

  @Post('collect/my')
  @Access('member')
  @MarketplaceAnswers({ summary: '我收藏的，最新的在前', data: favouriteList })
  list(@Body() query: MyJobsDto, @CurrentCaller() caller: MemberCaller) {
    return this.favourites.list(query, caller);
  }
}
