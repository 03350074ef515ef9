import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageOf, pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { skuView, toView } from './sku.views';
import { CreateSkuDto, ListSkusDto, SkuCodeParam, UpdateSkuDto } from './skus.dto';
import { SkusService } from './skus.service';

@CrmController('admin/skus', '市场管理')
export class SkusAdminController {
  constructor(private readonly skus: SkusService) {}

  @Get()
  @Access('admin')
  @Answers({ summary: '价格表，停售的也在内', data: pageSchema(skuView) })
  async list(@Query() query: ListSkusDto) {
    const { rows, total } = await this.skus.page(query.page, query.pageSize);
    return pageOf(rows.map(toView), total, query);
  }

  @Post()
  @Access('admin')
  @Idempotent()
  @Answers({ summary: '新增商品', message: '创建成功', data: skuView })
  async create(@Body() input: CreateSkuDto, @CurrentCaller() caller: StaffCaller) {
    return toView(await this.skus.create(input, caller));
  }

  @Patch(':id')
  @Access('admin')
  @Answers({
    summary: '修改名称、价格、排序，停售或恢复；已下的订单价格不变',
    message: '保存成功',
    data: skuView,
  })
  async update(
    @Param() { id }: SkuCodeParam,
    @Body() input: UpdateSkuDto,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return toView(await this.skus.update(id, input, caller));
  }

  @Delete(':id')
  @Access('admin')
  @Answers({ summary: '停售商品；记录保留，订单仍能看到它', message: '已停售', data: skuView })
  async disable(@Param() { id }: SkuCodeParam, @CurrentCaller() caller: StaffCaller) {
    return toView(await this.skus.update(id, { active: false }, caller));
  }
}
