import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MaybeMemberCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { marketplaceList } from '../../common/http/marketplace-paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { JobListings } from './job-listing.service';
import { JobReading } from './job-reading.service';
import { jobList, ownJob } from './job.views';
import { CreateJobDto, JobIdDto, ListJobsDto, MyJobsDto, UpdateJobDto } from './jobs.dto';
import { JobsService } from './jobs.service';

/** Mini-programs in people's hands use either spelling of some paths. */
@MarketplaceController('', '市场：招聘')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly reading: JobReading,
    private readonly listings: JobListings,
  ) {}

  @Post(['job/create', 'jobs/create'])
  @Access('member')
  @Idempotent()
  @MarketplaceAnswers({ summary: '发布；每人最多 5 条生效' })
  create(@Body() input: CreateJobDto, @CurrentCaller() caller: MemberCaller) {
    return this.jobs.create(input, caller);
  }

  @Post('jobs/update')
  @Access('member')
  @MarketplaceAnswers({ summary: '修改自己发布的；只改传入的字段' })
  update(@Body() input: UpdateJobDto, @CurrentCaller() caller: MemberCaller) {
    return this.jobs.update(input, caller);
  }

  @Post(['job/close', 'jobs/close'])
  @Access('member')
  @MarketplaceAnswers({ summary: '关闭自己发布的' })
  close(@Body() { job_id }: JobIdDto, @CurrentCaller() caller: MemberCaller) {
    return this.jobs.close(job_id, caller);
  }

  @Post('jobs/refresh')
  @Access('member')
  @MarketplaceAnswers({ summary: '免费刷新，每条每天一次' })
  refresh(@Body() { job_id }: JobIdDto, @CurrentCaller() caller: MemberCaller) {
    return this.jobs.refresh(job_id, caller);
  }

  @Post('jobs/my')
  @Access('member')
  @MarketplaceAnswers({ summary: '我发布的，最新的在前', data: marketplaceList(ownJob) })
  own(@Body() query: MyJobsDto, @CurrentCaller() caller: MemberCaller) {
    return this.reading.own(query, caller);
  }

  @Post('jobs/list')
  @Access('optional-member')
  @RateLimit('jobList')
  @MarketplaceAnswers({
    summary: '列表：推荐、附近、最新；同一 request_id 的各页取自同一时刻',
    data: jobList,
  })
  list(@Body() query: ListJobsDto, @CurrentCaller() caller: MaybeMemberCaller) {
    return this.listings.list(query, caller);
  }

  @Post('jobs/info')
  @Access('optional-member')
  @RateLimit('jobInfo')
  @MarketplaceAnswers({ summary: '详情', data: ownJob })
  info(@Body() { job_id }: JobIdDto, @CurrentCaller() caller: MaybeMemberCaller) {
    return this.reading.info(job_id, caller);
  }
}
