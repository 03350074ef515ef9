import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { PlainController } from '../../common/http/controllers';
import { EXTENSIONS } from '../../common/uploads/content-type';
import { FileDelivery } from './file-delivery';
import { FileNameParam, OpenFileDto } from './files.dto';

const BYTES = { type: 'string', format: 'binary' } as const;

@ApiTags('文件')
@PlainController('files')
export class FilesController {
  constructor(private readonly delivery: FileDelivery) {}

  /** Whoever has the address may open it: a public file's cannot be guessed, a private one's is signed and expires. */
  @Get(':name')
  @Access('public')
  @ApiOperation({ summary: '打开文件；支持 Range（视频拖动）、ETag；私有文件的链接带签名，会过期' })
  @ApiProduces(...Object.keys(EXTENSIONS))
  @ApiOkResponse({ description: '文件内容', schema: BYTES })
  @ApiResponse({ status: 206, description: '所请求的一段', schema: BYTES })
  @ApiResponse({ status: 403, description: '链接签名无效或已过期' })
  @ApiResponse({ status: 404, description: '文件不存在或已删除' })
  @ApiResponse({ status: 416, description: '请求的范围超出文件' })
  async open(
    @Param() { name }: FileNameParam,
    @Query() query: OpenFileDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.delivery.send(name, query, request, reply);
  }
}
