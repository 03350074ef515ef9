import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { FilesModule } from '../files/files.module';
import { WechatClientsModule } from '../wechat-clients/wechat-clients.module';
import { MemberLogin } from './member-login.service';
import { MemberPrincipals } from './member-principals';
import { MemberProfiles } from './member-profiles.service';
import { MEMBER, memberSchema } from './member.schema';
import { MembersController } from './members.controller';
import { MembersService } from './members.service';

@Module({
  imports: [WechatClientsModule, FilesModule, CollectionsModule.of([{ name: MEMBER, schema: memberSchema }])],
  controllers: [MembersController],
  providers: [MembersService, MemberLogin, MemberProfiles, MemberPrincipals],
  exports: [MembersService],
})
export class MembersModule {}
