import { Body, Param, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { JobIdParam, TakeDownDto, takenDownJob } from './job-admin.dto';
import { TakeDowns } from './take-downs.service';

@CrmController('admin/jobs', '市场管理')
export class JobAdminController {
  constructor(private readonly takeDowns: TakeDowns) {}

  @Post(':id/take-down')
  @Access('admin')
  @Answers({
    summary: '下架一条招聘信息：从所有列表消失，图片一并删除，发布者能看到原因',
    message: '下架成功',
    data: takenDownJob,
  })
  takeDown(
    @Param() { id }: JobIdParam,
    @Body() { reason }: TakeDownDto,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return this.takeDowns.takeDown(id, reason, caller);
  }
}
