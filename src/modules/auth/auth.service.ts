import { Injectable } from '@nestjs/common';
import type { Caller, StaffCaller } from '../../common/access/caller';
import { PERMISSIONS } from '../../common/access/permissions';
import { Tokens } from '../../common/access/tokens';
import { AppError, invalidField } from '../../common/errors/app-error';
import { LoginAttempts } from '../users/login-attempts';
import { Passwords } from '../users/passwords';
import { RevokedTokens } from '../users/revoked-tokens';
import type { User } from '../users/user.schema';
import { UsersService } from '../users/users.service';
import type { ChangePasswordDto, LoginDto, StaffProfile } from './auth.dto';

/** Log-in by name and password, and what a logged-in person does with the own session. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly attempts: LoginAttempts,
    private readonly tokens: Tokens,
    private readonly revoked: RevokedTokens,
  ) {}

  /** A wrong name and a wrong password cost the same time and get the same answer: LOGIN_FAILED. */
  async login(
    { username, password }: LoginDto,
    caller: Caller,
  ): Promise<{ token: string; user: StaffProfile }> {
    const attempt = await this.attempts.begin(username.toLowerCase(), caller.ip);
    const user = await this.users.findByUsername(username);
    if (!(await this.passwords.matches(user?.passwordHash, password)) || !user) {
      await attempt.failed();
      throw new AppError('LOGIN_FAILED');
    }
    await attempt.succeeded();
    if (!user.active) throw new AppError('ACCOUNT_DISABLED');
    return { token: this.issue(user), user: profileOf(user) };
  }

  async me(caller: StaffCaller): Promise<StaffProfile> {
    return profileOf(await this.users.findOrFail(caller.principal.id));
  }

  async logout({ principal }: StaffCaller): Promise<void> {
    await this.revoked.revoke(principal.tokenId, new Date(principal.tokenExpiresAt * 1000));
  }

  /** Ends all sessions of the account, this one too; the answer's token begins a new one. */
  async changePassword(input: ChangePasswordDto, caller: StaffCaller): Promise<{ token: string }> {
    const user = await this.users.findOrFail(caller.principal.id);
    const attempt = await this.attempts.begin(user.usernameKey ?? caller.principal.id, caller.ip);
    if (!(await this.passwords.matches(user.passwordHash, input.oldPassword))) {
      await attempt.failed();
      throw invalidField('oldPassword', '原密码不正确');
    }
    await attempt.succeeded();
    if (input.oldPassword === input.newPassword) throw invalidField('newPassword', '新密码不能与原密码相同');
    return { token: this.issue(await this.users.changePassword(user, input.newPassword, caller)) };
  }

  private issue(user: User): string {
    return this.tokens.issue('crm', user._id.toHexString(), user.tokenVersion);
  }
}

function profileOf(user: User): StaffProfile {
  return {
    id: user._id.toHexString(),
    username: user.username ?? '',
    name: user.name,
    phone: user.phone ?? null,
    role: user.role,
    permissions: [...PERMISSIONS[user.role]],
  };
}
