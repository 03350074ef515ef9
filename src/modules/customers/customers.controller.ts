import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { IdParam } from '../../common/validation/fields';
import { assignmentLogView } from './assignment-log.schema';
import { AssignmentsService } from './assignments.service';
import { CustomerListing } from './customer-listing.service';
import { assignableEmployee, CustomerStatistics, customerStatistics } from './customer-statistics.service';
import { customerDetail, customerListItem } from './customer.views';
import {
  AssignCustomerDto,
  CreateCustomerDto,
  CreateFollowUpDto,
  ListCustomersDto,
  PageDto,
  UpdateCustomerDto,
} from './customers.dto';
import { CustomersService } from './customers.service';
import { followUpView } from './follow-up.schema';
import { FollowUpsService } from './follow-ups.service';

@CrmController('customers/miniprogram', '客户')
export class CustomersController {
  constructor(
    private readonly customers: CustomersService,
    private readonly listing: CustomerListing,
    private readonly statistics: CustomerStatistics,
    private readonly assignments: AssignmentsService,
    private readonly followUps: FollowUpsService,
  ) {}

  @Get('statistics')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '客户统计，范围为本人可见的客户', data: customerStatistics })
  overview(@CurrentCaller() caller: StaffCaller) {
    return this.statistics.overview(caller);
  }

  @Get('list')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '客户列表：筛选、搜索、排序', data: pageSchema(customerListItem) })
  list(@Query() query: ListCustomersDto, @CurrentCaller() caller: StaffCaller) {
    return this.listing.list(query, caller);
  }

  @Get('employees/list')
  @Access('admin', 'manager')
  @Answers({ summary: '可以分配客户的员工', data: z.array(assignableEmployee) })
  employees() {
    return this.statistics.assignableEmployees();
  }

  @Post('create')
  @Access('admin', 'manager', 'employee')
  @Idempotent()
  @Answers({ summary: '新建客户；手机号和微信号至少填一项', message: '创建成功', data: customerDetail })
  create(@Body() input: CreateCustomerDto, @CurrentCaller() caller: StaffCaller) {
    return this.customers.create(input, caller);
  }

  @Get(':id')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '客户详情', data: customerDetail })
  get(@Param() { id }: IdParam, @CurrentCaller() caller: StaffCaller) {
    return this.customers.get(id, caller);
  }

  @Patch(':id')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '修改客户；null 清空一项', message: '保存成功', data: customerDetail })
  update(@Param() { id }: IdParam, @Body() input: UpdateCustomerDto, @CurrentCaller() caller: StaffCaller) {
    return this.customers.update(id, input, caller);
  }

  @Patch(':id/assign')
  @Access('admin', 'manager')
  @Answers({ summary: '分配客户给员工', message: '分配成功', data: customerDetail })
  assign(@Param() { id }: IdParam, @Body() input: AssignCustomerDto, @CurrentCaller() caller: StaffCaller) {
    return this.assignments.assign(id, input, caller);
  }

  @Post(':id/follow-ups')
  @Access('admin', 'manager', 'employee')
  @Idempotent()
  @Answers({ summary: '新增跟进记录', message: '创建成功', data: followUpView })
  addFollowUp(
    @Param() { id }: IdParam,
    @Body() input: CreateFollowUpDto,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return this.followUps.create(id, input, caller);
  }

  @Get(':id/follow-ups')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '跟进记录，最新的在前', data: pageSchema(followUpView) })
  listFollowUps(@Param() { id }: IdParam, @Query() query: PageDto, @CurrentCaller() caller: StaffCaller) {
    return this.followUps.list(id, query, caller);
  }

  @Get(':id/assignment-logs')
  @Access('admin', 'manager')
  @Answers({ summary: '分配记录，最新的在前', data: pageSchema(assignmentLogView) })
  assignmentLogs(@Param() { id }: IdParam, @Query() query: PageDto, @CurrentCaller() caller: StaffCaller) {
    return this.assignments.history(id, query, caller);
  }
}
