import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { IdParam } from '../../common/validation/fields';
import { sharedResume } from './resume-public.views';
import { ShareResumeDto, ShareTokenParam } from './resumes.dto';
import { madeShareLink, revokedLinks, ShareLinks, shareLinkView } from './share-links.service';

/** Links that show one resume, masked, to whoever has them. */
@CrmController('resumes', '简历')
export class ResumeSharesController {
  constructor(private readonly links: ShareLinks) {}

  @Get('shared/:token')
  @Access('public')
  @RateLimit('sharedResumes')
  @Answers({ summary: '打开分享的简历（打码）', data: sharedResume })
  open(@Param() { token }: ShareTokenParam) {
    return this.links.open(token);
  }

  @Post(':id/share')
  @Access('admin', 'manager', 'employee')
  @Idempotent()
  @Answers({ summary: '生成分享链接', message: '分享链接已生成', data: madeShareLink })
  create(
    @Param() { id }: IdParam,
    @Body() { expireHours }: ShareResumeDto,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return this.links.create(id, expireHours, caller);
  }

  @Get(':id/shares')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '简历的分享链接和查看次数，最新的在前', data: z.array(shareLinkView) })
  list(@Param() { id }: IdParam) {
    return this.links.list(id);
  }

  @Delete(':id/share')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '撤销简历的全部分享链接', message: '分享链接已撤销', data: revokedLinks })
  revoke(@Param() { id }: IdParam, @CurrentCaller() caller: StaffCaller) {
    return this.links.revokeAll(id, caller);
  }
}
