import { timingSafeEqual } from 'node:crypto';
import { Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { AppError } from '../../common/errors/app-error';
import { PlainController } from '../../common/http/controllers';
import { Metrics } from '../../common/metrics/metrics';
import { Settings } from '../../config/settings';

@ApiExcludeController()
@PlainController('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly settings: Settings,
  ) {}

  /** Loopback may read them as they are; anyone else brings METRICS_TOKEN. */
  @Get()
  @Access('public')
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isLoopback(request) && !this.hasToken(request.headers.authorization))
      throw new AppError('FORBIDDEN');
    await reply.type(this.metrics.contentType).send(await this.metrics.text());
  }

  private hasToken(header: string | undefined): boolean {
    const expected = this.settings.env.METRICS_TOKEN;
    if (!expected || !header) return false;
    const given = Buffer.from(header);
    const wanted = Buffer.from(`Bearer ${expected}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

/** By the socket and by what a trusted proxy says: a request that nginx passes on is not a local one. */
function isLoopback(request: FastifyRequest): boolean {
  const local = (ip: string | undefined) => ip === '127.0.0.1' || ip === '::1' || ip === '::ffff:127.0.0.1';
  return (
    local(request.socket.remoteAddress) &&
    local(request.ip) &&
    request.headers['x-forwarded-for'] === undefined
  );
}
