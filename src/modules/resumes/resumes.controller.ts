import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { IdParam } from '../../common/validation/fields';
import { ResumeListing } from './resume-listing.service';
import { ResumeStatistics, resumeStatistics } from './resume-statistics.service';
import { ResumeValidation, resumeVerdicts } from './resume-validation.service';
import { createdResume, resumeDetail, resumeListItem } from './resume.views';
import {
  CreateResumeDto,
  ListResumesDto,
  ReviewResumeDto,
  UpdateResumeDto,
  ValidateResumeDto,
} from './resumes.dto';
import { ResumesService } from './resumes.service';

/** Resumes for the agency's staff; whoever may see one may see them all. */
@CrmController('resumes', '简历')
export class ResumesController {
  constructor(
    private readonly resumes: ResumesService,
    private readonly listing: ResumeListing,
    private readonly statistics: ResumeStatistics,
    private readonly validation: ResumeValidation,
  ) {}

  @Post('miniprogram/create')
  @Access('admin', 'manager', 'employee')
  @Idempotent()
  @Answers({
    summary: '新建简历；createOrUpdate 为 true 时，手机号已存在则更新',
    message: '创建成功',
    data: createdResume,
  })
  create(@Body() input: CreateResumeDto, @CurrentCaller() caller: StaffCaller) {
    return this.resumes.create(input, caller);
  }

  @Post('miniprogram/validate')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '手机号、身份证号是否有效，是否已存在', data: resumeVerdicts })
  validate(@Body() input: ValidateResumeDto) {
    return this.validation.validate(input);
  }

  @Get('miniprogram/stats')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '简历统计', data: resumeStatistics })
  overview() {
    return this.statistics.overview();
  }

  @Get('miniprogram/list')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '简历列表：筛选、搜索，最新的在前', data: pageSchema(resumeListItem) })
  list(@Query() query: ListResumesDto) {
    return this.listing.list(query);
  }

  @Get('miniprogram/:id')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '简历详情', data: resumeDetail })
  get(@Param() { id }: IdParam) {
    return this.resumes.get(id);
  }

  @Patch('miniprogram/:id')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '修改简历；null 清空一项', message: '保存成功', data: resumeDetail })
  update(@Param() { id }: IdParam, @Body() input: UpdateResumeDto, @CurrentCaller() caller: StaffCaller) {
    return this.resumes.update(id, input, caller);
  }

  @Post(':id/review')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '审核自助注册的简历：发布，或说明原因后拒绝', message: '审核成功', data: resumeDetail })
  review(@Param() { id }: IdParam, @Body() input: ReviewResumeDto, @CurrentCaller() caller: StaffCaller) {
    return this.resumes.review(id, input, caller);
  }
}
