import { Module } from '@nestjs/common';
import { UpstreamModule } from '../upstream/upstream.module';
import { Zego } from './zego';

@Module({ imports: [UpstreamModule], providers: [Zego], exports: [Zego] })
export class ZegoPlatformModule {}
