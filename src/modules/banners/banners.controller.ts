import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { IdParam } from '../../common/validation/fields';
import {
  bannerView,
  CreateBannerDto,
  ListBannersDto,
  publicBanner,
  ReorderBannersDto,
  reordered,
  UpdateBannerDto,
} from './banners.dto';
import { BannersService } from './banners.service';

@CrmController('banners', '轮播图')
export class BannersController {
  constructor(private readonly banners: BannersService) {}

  @Get('miniprogram/active')
  @Access('public')
  @Answers({ summary: '正在展示的轮播图', data: z.array(publicBanner) })
  shown() {
    return this.banners.shown();
  }

  @Post(':id/view')
  @Access('public')
  @RateLimit('bannerCount')
  @Answers({ summary: '计一次展示' })
  view(@Param() { id }: IdParam) {
    return this.banners.count(id, 'viewCount');
  }

  @Post(':id/click')
  @Access('public')
  @RateLimit('bannerCount')
  @Answers({ summary: '计一次点击' })
  click(@Param() { id }: IdParam) {
    return this.banners.count(id, 'clickCount');
  }

  @Get()
  @Access('admin', 'manager')
  @Answers({ summary: '全部轮播图', data: pageSchema(bannerView) })
  list(@Query() query: ListBannersDto) {
    return this.banners.list(query);
  }

  @Post()
  @Access('admin', 'manager')
  @Idempotent()
  @Answers({ summary: '新建轮播图', message: '创建成功', data: bannerView })
  create(@Body() input: CreateBannerDto, @CurrentCaller() caller: StaffCaller) {
    return this.banners.create(input, caller);
  }

  @Patch('reorder')
  @Access('admin', 'manager')
  @Answers({ summary: '调整顺序；全部成功或全部不变', message: '更新成功', data: reordered })
  reorder(@Body() input: ReorderBannersDto, @CurrentCaller() caller: StaffCaller) {
    return this.banners.reorder(input, caller);
  }

  @Get(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '轮播图详情', data: bannerView })
  get(@Param() { id }: IdParam) {
    return this.banners.get(id);
  }

  @Patch(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '修改轮播图', message: '更新成功', data: bannerView })
  update(@Param() { id }: IdParam, @Body() input: UpdateBannerDto, @CurrentCaller() caller: StaffCaller) {
    return this.banners.update(id, input, caller);
  }

  @Delete(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '删除轮播图', message: '删除成功' })
  remove(@Param() { id }: IdParam, @CurrentCaller() caller: StaffCaller) {
    return this.banners.remove(id, caller);
  }
}
