import { Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { PlainController } from '../../common/http/controllers';
import { Pages } from './pages';

/** The pages of packages/h5. They hold nothing of anybody: what they show comes through the API, with its own access. */
@ApiExcludeController()
@PlainController('h5')
export class H5Controller {
  constructor(private readonly pages: Pages) {}

  @Get('interview')
  @Access('public')
  interview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.pages.sendPage('interview', request, reply);
  }

  @Get('host')
  @Access('public')
  host(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.pages.sendPage('host', request, reply);
  }

  @Get('assets/:name')
  @Access('public')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    this.pages.sendAsset(name, reply);
  }

  @Get()
  @Access('public')
  root(@Res() reply: FastifyReply): void {
    this.pages.sendNotFound(reply);
  }

  @Get('*')
  @Access('public')
  unknown(@Res() reply: FastifyReply): void {
    this.pages.sendNotFound(reply);
  }
}
