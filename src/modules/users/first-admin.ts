import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { AppError } from '../../common/errors/app-error';
import { madeUpPassword } from './passwords';
import { FIRST_ADMIN_NAME, UsersService } from './users.service';

export type FirstAdminResult =
  /** generatedPassword is set only when it was made up just now: shown once on the console, kept nowhere */
  | { kind: 'made'; username: string; generatedPassword?: string }
  | { kind: 'there' }
  /** nobody can administer the system; takenName: meant for the administrator, but somebody else's */
  | { kind: 'missing'; takenName?: string };

/** A system without an administrator makes its first one at start. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly settings: Settings,
    private readonly users: UsersService,
  ) {}

  async ensure(embedded: boolean): Promise<FirstAdminResult> {
    if (await this.users.anyAdmin()) return { kind: 'there' };
    const { ADMIN_USERNAME, ADMIN_PASSWORD } = this.settings.env;
    if (ADMIN_USERNAME && ADMIN_PASSWORD) return this.create(ADMIN_USERNAME, ADMIN_PASSWORD);
    if (!embedded) return { kind: 'missing' };
    const generatedPassword = madeUpPassword();
    const result = await this.create('admin', generatedPassword);
    return result.kind === 'made' ? { ...result, generatedPassword } : result;
  }

  /** Of two instances that start together, one makes the account; to the other it is simply there. */
  private async create(username: string, password: string): Promise<FirstAdminResult> {
    const caller = { principal: undefined, requestId: 'startup', ip: '' };
    try {
      await this.users.create(
        { username, password, name: FIRST_ADMIN_NAME, role: 'admin', active: true },
        caller,
      );
      return { kind: 'made', username };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
      return (await this.users.anyAdmin()) ? { kind: 'there' } : { kind: 'missing', takenName: username };
    }
  }
}
