import { Module } from '@nestjs/common';
import { UpstreamMetrics } from './upstream-metrics';

/** What the clients of all outside systems share. */
@Module({ providers: [UpstreamMetrics], exports: [UpstreamMetrics] })
export class UpstreamModule {}
