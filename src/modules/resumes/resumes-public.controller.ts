import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { IdParam } from '../../common/validation/fields';
import { PublicResumes } from './public-resumes.service';
import { Registrations } from './registrations.service';
import { RESUME_DICTIONARY, resumeDictionary } from './resume-dictionary';
import { ResumeListing } from './resume-listing.service';
import { foundWorker, publicDetail, publicListItem, registration } from './resume-public.views';
import { ListPublicResumesDto, SearchWorkersDto, SelfRegisterDto } from './resumes.dto';

/** Resumes for families who look for somebody, and for workers who register themselves. */
@CrmController('resumes', '简历')
export class ResumesPublicController {
  constructor(
    private readonly resumes: PublicResumes,
    private readonly listing: ResumeListing,
    private readonly registrations: Registrations,
  ) {}

  @Post('miniprogram/self-register')
  @Access('public')
  @RateLimit('selfRegister')
  @Idempotent()
  @Answers({ summary: '自助注册：提交后由员工审核', message: '提交成功，等待审核', data: registration })
  register(@Body() input: SelfRegisterDto, @CurrentCaller() caller: Caller) {
    return this.registrations.register(input, caller);
  }

  @Get('public/list')
  @Access('public')
  @RateLimit('publicResumes')
  @Answers({ summary: '公开的简历列表：筛选、搜索，最新的在前', data: pageSchema(publicListItem) })
  list(@Query() query: ListPublicResumesDto) {
    return this.listing.listPublic(query);
  }

  @Get('public/:id')
  @Access('public')
  @RateLimit('publicResumes')
  @Answers({ summary: '公开的简历详情', data: publicDetail })
  get(@Param() { id }: IdParam) {
    return this.resumes.get(id);
  }

  @Get('search-workers')
  @Access('optional-staff')
  @RateLimit('searchWorkers')
  @Answers({
    summary: '按姓名或手机号搜索服务人员；未登录时手机号打码，姓名至少 2 个字符、手机号至少 4 位',
    data: z.array(foundWorker),
  })
  search(@Query() query: SearchWorkersDto, @CurrentCaller() caller: Caller) {
    return this.resumes.search(query, caller);
  }

  @Get('enums')
  @Access('public')
  @Answers({ summary: '枚举字典：每个选项的值和名称', data: resumeDictionary })
  dictionary() {
    return RESUME_DICTIONARY;
  }
}
