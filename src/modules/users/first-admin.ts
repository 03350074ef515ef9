import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { AppError } from '../../common/errors/app-error';
import { madeUpPassword } from './passwords';
import { FIRST_ADMIN_NAME, UsersService } from './users.service';

export interface FirstAdminResult {
  username: string;
  /** set only when it was made up just now: shown once on the console, kept nowhere */
  generatedPassword?: string;
}

/** A system without an administrator makes its first one at start. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly settings: Settings,
    private readonly users: UsersService,
  ) {}

  /** @returns the account when this start has made it, else null */
  async ensure(embedded: boolean): Promise<FirstAdminResult | null> {
    if (await this.users.anyAdmin()) return null;
    const { ADMIN_USERNAME, ADMIN_PASSWORD } = this.settings.env;
    if (ADMIN_USERNAME && ADMIN_PASSWORD) return this.create(ADMIN_USERNAME, ADMIN_PASSWORD);
    if (!embedded) return null;
    const generatedPassword = madeUpPassword();
    const created = await this.create('admin', generatedPassword);
    return created && { ...created, generatedPassword };
  }

  /** Of two instances that start together, one makes the account; to the other it is simply there. */
  private async create(username: string, password: string): Promise<FirstAdminResult | null> {
    const caller = { principal: undefined, requestId: 'startup', ip: '' };
    try {
      await this.users.create(
        { username, password, name: FIRST_ADMIN_NAME, role: 'admin', active: true },
        caller,
      );
      return { username };
    } catch (error) {
      if (error instanceof AppError && error.code === 'CONFLICT') return null;
      throw error;
    }
  }
}
