import { createParamDecorator, Delete, type ExecutionContext, Param, Post } from '@nestjs/common';
import { ApiBody, ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { CurrentExchange, type Exchange } from '../../common/http/exchange';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { TakesFiles } from '../../common/uploads/upload-form';
import { IdParam } from '../../common/validation/fields';
import { ONE_FILE, SEVERAL_FILES } from './resume-file-types';
import { batchOfFiles, DeleteFileDto, deletedFile, uploadedFile } from './resume-files.dto';
import { ResumeFiles } from './resume-files.service';

/** Not every client can send a body with DELETE. */
const BodyOrQuery = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
  return { ...(query as object), ...(body as object | undefined) };
});

@CrmController('resumes/miniprogram', '简历')
export class ResumeFilesController {
  constructor(private readonly files: ResumeFiles) {}

  @Post(':id/upload-file')
  @Access('admin', 'manager', 'employee')
  @Idempotent()
  @TakesFiles(ONE_FILE)
  @Answers({
    summary: '上传一个文件：图片 ≤ 5 MB，体检报告也可为 PDF ≤ 10 MB，视频 ≤ 50 MB；身份证和视频会替换原有的',
    message: '上传成功',
    data: uploadedFile,
  })
  upload(
    @Param() { id }: IdParam,
    @CurrentExchange() exchange: Exchange,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return this.files.upload(id, exchange, caller);
  }

  @Post(':id/upload-files')
  @Access('admin', 'manager', 'employee')
  @Idempotent()
  @TakesFiles(SEVERAL_FILES)
  @Answers({ summary: '批量上传，要么全部成功，要么全部不保存', message: '上传成功', data: batchOfFiles })
  uploadSeveral(
    @Param() { id }: IdParam,
    @CurrentExchange() exchange: Exchange,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return this.files.uploadSeveral(id, exchange, caller);
  }

  @Delete(':id/delete-file')
  @Access('admin', 'manager', 'employee')
  @ApiBody({ type: DeleteFileDto, required: false, description: '也可以放在查询参数中' })
  @ApiQuery({ name: 'fileUrl', required: false, description: '不放在请求体中时' })
  @ApiQuery({ name: 'fileType', required: false, description: '不放在请求体中时' })
  @Answers({ summary: '删除文件；参数放在请求体或查询参数中', message: '删除成功', data: deletedFile })
  delete(
    @Param() { id }: IdParam,
    @BodyOrQuery() target: DeleteFileDto,
    @CurrentCaller() caller: StaffCaller,
  ) {
    return this.files.delete(id, target, caller);
  }
}
