import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { MemberCaller } from '../../common/access/caller';
import { invalidField } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import { OfferedFiles } from '../files/offered-files';
import { MemberLogin } from './member-login.service';
import { MEMBER, type Member } from './member.schema';
import type { MemberInfo, UpdateGeoDto, UpdateInfoDto } from './members.dto';
import { MembersService } from './members.service';

/** What a member says of themselves. */
@Injectable()
export class MemberProfiles {
  constructor(
    @InjectCollection(MEMBER) private readonly collection: Collection<Member>,
    private readonly members: MembersService,
    private readonly login: MemberLogin,
    private readonly files: OfferedFiles,
    private readonly transactions: Transactions,
  ) {}

  async info({ principal }: MemberCaller): Promise<MemberInfo> {
    const { _id, avatar, name, sex, phone } = await this.members.findOrFail(principal.id);
    return { user_id: _id, avatar, name, sex, phone };
  }

  /**
   * The present phone may be repeated; another one has to be proved by WeChat's phone button.
   * @throws {AppError} INVALID_PARAMS naming `phone_code`
   */
  async update(input: UpdateInfoDto, caller: MemberCaller): Promise<null> {
    const { phone_code: code, phone, ...fields } = input;
    const proved = code === undefined ? undefined : await this.login.provedPhone(code);
    if (proved && phone !== undefined && phone !== proved)
      throw invalidField('phone_code', '授权的手机号与填写的手机号不一致');
    await this.transactions.run(caller, async (session) => {
      const member = await this.members.findOrFail(caller.principal.id, session);
      if (!proved && phone !== undefined && phone !== member.phone)
        throw invalidField('phone_code', '更换手机号需要微信授权新手机号');
      const changed = {
        ...fields,
        ...(input.avatar === undefined ? {} : await this.avatarOf(member, input.avatar, session)),
        ...(proved ? { phone: proved } : {}),
        updatedAt: new Date(),
      };
      await this.collection.updateOne(
        { _id: member._id },
        { $set: changed },
        { session, ignoreUndefined: true },
      );
    });
    return null;
  }

  /** A picture uploaded here is kept for as long as it is the avatar. */
  private async avatarOf(member: Member, avatar: string, session: ClientSession) {
    const change = { addresses: [avatar], before: member.avatarFile ? [member.avatarFile] : [] };
    const who = `member:${member._id}`;
    const referred = await this.files.refer(who, who, change, session);
    if ('gone' in referred) throw invalidField('avatar', '图片已失效，请重新上传');
    return { avatar, avatarFile: referred.ids[0] ?? null };
  }

  /** By _id. */
  async updateGeo(input: UpdateGeoDto, { principal }: MemberCaller): Promise<null> {
    const whereabouts = {
      firstAreaId: input.first_area_id,
      secondAreaId: input.second_area_id,
      thirdAreaId: input.third_area_id,
      address: input.address,
      longitude: input.longitude,
      latitude: input.latitude,
      at: new Date(),
    };
    await this.collection.updateOne({ _id: principal.id }, { $set: { whereabouts } });
    return null;
  }
}
