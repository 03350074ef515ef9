import { Injectable } from '@nestjs/common';
import type { StaffCaller } from '../../common/access/caller';
import { Zego } from '../../platforms/zego/zego';
import { RoomAdmission } from '../interview/room-admission.service';
import type { GenerateGuestTokenDto, GenerateTokenDto, ZegoConfig, ZegoToken } from './zego.dto';

/** Tokens with which a device logs in to a room's video, for those who may be in that room, and for it alone. */
@Injectable()
export class ZegoTokens {
  constructor(
    private readonly zego: Zego,
    private readonly admission: RoomAdmission,
  ) {}

  async forStaff(request: GenerateTokenDto, caller: StaffCaller): Promise<ZegoToken> {
    await this.admission.admitStaff(request.roomId, request.userId, caller);
    return this.mint(request);
  }

  async forGuest(request: GenerateGuestTokenDto): Promise<ZegoToken> {
    await this.admission.admitGuest(request.roomId, request.userId);
    return this.mint(request);
  }

  config(): ZegoConfig {
    const { hasMedia, appId, webServer } = this.zego;
    return { mode: hasMedia ? 'zego' : 'sandbox', appId, server: webServer };
  }

  private mint({ userId, roomId, expireTime }: GenerateTokenDto): ZegoToken {
    const { token, appId } = this.zego.token({ userId, roomId, lifetimeSeconds: expireTime });
    return { token, appId, userId, roomId, expireTime };
  }
}
