import { Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { AccountBelongings } from './account-belongings';
import { FirstAdmin } from './first-admin';
import { LOGIN_ATTEMPT, LoginAttempts, loginAttemptSchema } from './login-attempts';
import { Passwords } from './passwords';
import { REVOKED_TOKEN, RevokedTokens, revokedTokenSchema } from './revoked-tokens';
import { StaffDirectory } from './staff-directory';
import { USER, userSchema } from './user.schema';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';
import { WechatIdentities } from './wechat-identities';

@Module({
  imports: [
    CollectionsModule.of([
      { name: USER, schema: userSchema },
      { name: REVOKED_TOKEN, schema: revokedTokenSchema },
      { name: LOGIN_ATTEMPT, schema: loginAttemptSchema },
    ]),
  ],
  controllers: [UsersController],
  providers: [
    UsersService,
    StaffDirectory,
    RevokedTokens,
    LoginAttempts,
    Passwords,
    FirstAdmin,
    WechatIdentities,
    AccountBelongings,
  ],
  exports: [
    AccountBelongings,
    UsersService,
    WechatIdentities,
    StaffDirectory,
    RevokedTokens,
    LoginAttempts,
    Passwords,
    FirstAdmin,
  ],
})
export class UsersModule {}
