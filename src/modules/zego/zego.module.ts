import { Module } from '@nestjs/common';
import { ZegoPlatformModule } from '../../platforms/zego/zego.module';
import { InterviewModule } from '../interview/interview.module';
import { ZegoController } from './zego.controller';
import { ZegoTokens } from './zego-tokens.service';

@Module({
  imports: [InterviewModule, ZegoPlatformModule],
  controllers: [ZegoController],
  providers: [ZegoTokens],
})
export class ZegoModule {}
