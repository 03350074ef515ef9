import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { IdParam } from '../../common/validation/fields';
import { userView } from './user.views';
import { CreateUserDto, ListUsersDto, ResetPasswordDto, UpdateUserDto } from './users.dto';
import { UsersService } from './users.service';

@CrmController('users', '员工账号')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Access('admin', 'manager')
  @Answers({ summary: '员工列表', data: pageSchema(userView) })
  list(@Query() query: ListUsersDto) {
    return this.users.list(query);
  }

  @Post()
  @Access('admin')
  @Idempotent()
  @Answers({ summary: '新建员工账号', message: '创建成功', data: userView })
  create(@Body() input: CreateUserDto, @CurrentCaller() caller: StaffCaller) {
    return this.users.create(input, caller);
  }

  @Get(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '员工详情', data: userView })
  get(@Param() { id }: IdParam) {
    return this.users.get(id);
  }

  @Patch(':id')
  @Access('admin')
  @Answers({ summary: '修改员工：姓名、手机号、角色、启用状态', message: '保存成功', data: userView })
  update(@Param() { id }: IdParam, @Body() input: UpdateUserDto, @CurrentCaller() caller: StaffCaller) {
    return this.users.update(id, input, caller);
  }

  @Post(':id/reset-password')
  @Access('admin')
  @Answers({ summary: '重置员工密码；该员工的所有登录随即失效', message: '密码已重置' })
  async resetPassword(
    @Param() { id }: IdParam,
    @Body() { password }: ResetPasswordDto,
    @CurrentCaller() caller: StaffCaller,
  ) {
    await this.users.resetPassword(id, password, caller);
  }
}
