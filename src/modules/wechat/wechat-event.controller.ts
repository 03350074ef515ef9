import { Body, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller } from '../../common/access/caller';
import { PlainController } from '../../common/http/controllers';
import { TakesXml } from '../../common/http/route-config';
import { AccountEvents } from './account-events.service';
import { Qrcodes } from './qrcode.service';
import { PushQueryDto, QrcodeIdParam } from './wechat.dto';

/** What WeChat's servers and image tags ask for: texts and pictures without an envelope. */
@ApiTags('微信')
@PlainController('api/wechat')
export class WechatEventController {
  constructor(
    private readonly events: AccountEvents,
    private readonly qrcodes: Qrcodes,
  ) {}

  @Get('event')
  @Access('public')
  @ApiOperation({ summary: '微信服务器验证地址：签名正确时原样返回 echostr' })
  @ApiProduces('text/plain')
  async greet(@Query() query: PushQueryDto, @Res() reply: FastifyReply): Promise<void> {
    // before the type is set, which would be that of a refusal too
    const echo = this.events.greet(query);
    await reply.type('text/plain; charset=utf-8').send(echo);
  }

  @Post('event')
  @Access('public')
  @TakesXml()
  @ApiOperation({ summary: '微信推送公众号事件（XML，明文或 AES）；返回 success' })
  @ApiProduces('text/plain')
  async receive(
    @Body() body: unknown,
    @Query() query: PushQueryDto,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.events.receive(body, query, caller);
    await reply.type('text/plain; charset=utf-8').send('success');
  }

  @Get('qrcode/:id')
  @Access('public')
  @ApiOperation({ summary: '小程序码图片' })
  @ApiProduces('image/png', 'image/jpeg')
  async qrcode(@Param() { id }: QrcodeIdParam, @Res() reply: FastifyReply): Promise<void> {
    const { contentType, bytes } = await this.qrcodes.picture(id);
    await reply.type(contentType).header('cache-control', 'public, max-age=86400').send(bytes);
  }
}
