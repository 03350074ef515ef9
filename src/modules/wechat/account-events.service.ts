import { Inject, Injectable } from '@nestjs/common';
import { type ClientSession, Schema } from 'mongoose';
import type { Logger } from 'pino';
import type { Caller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { LOGGER } from '../../common/logging/logging.module';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import { Transactions } from '../../database/transactions';
import {
  isSigned,
  type PushMessage,
  type PushSecrets,
  readPush,
  RefusedPush,
} from '../../platforms/wechat/push-message';
import { WechatError } from '../../platforms/wechat/wechat-error';
import { WechatIdentities } from '../users/wechat-identities';
import { WechatClients } from '../wechat-clients/wechat-clients';
import { BindCodes } from './bind-codes.service';
import type { PushQueryDto } from './wechat.dto';

export const ACCOUNT_EVENT = 'WechatAccountEvent';

interface AccountEvent {
  /** what WeChat says makes a push the same one: its id, or who, when and what */
  _id: string;
  outcome: string;
  at: Date;
}

export const accountEventSchema = new Schema<AccountEvent>(
  { _id: String, outcome: String, at: Date },
  { collection: 'wechat_account_events', versionKey: false },
)
  // WeChat repeats a push within seconds
  .index({ at: 1 }, { expireAfterSeconds: 7 * 24 * 3600 });

/** WeChat waits 5 s and then pushes again. */
const ANSWER_WITHIN_MS = 4_000;

/**
 * Events of the official account. What an event changes and the note that it has been handled are one transaction:
 * it is handled once, however often and at however many instances it arrives. Where that does not work out within
 * WeChat's patience, the answer is an error, and WeChat's own repetition is the next try.
 */
@Injectable()
export class AccountEvents {
  constructor(
    @InjectCollection(ACCOUNT_EVENT) private readonly events: Collection<AccountEvent>,
    private readonly codes: BindCodes,
    private readonly identities: WechatIdentities,
    private readonly wechat: WechatClients,
    private readonly transactions: Transactions,
    private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** WeChat's check of the server address: its own text comes back. */
  greet(query: PushQueryDto): string {
    if (!isSigned(query, this.secrets().token)) throw refusedPush();
    return query.echostr ?? '';
  }

  /** @throws {AppError} FORBIDDEN for what is not WeChat's; SERVICE_UNAVAILABLE when it takes too long */
  async receive(body: unknown, query: PushQueryDto, caller: Caller): Promise<void> {
    const message = this.read(body, query);
    const handling = this.handle(message, caller);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, late) => {
      timer = setTimeout(() => late(new AppError('SERVICE_UNAVAILABLE')), ANSWER_WITHIN_MS);
    });
    // it goes on after the answer; what becomes of it then is only for the log
    handling.catch((error: unknown) => this.logger.warn({ err: error }, 'official account: event failed'));
    await Promise.race([handling, tooLate]).finally(() => clearTimeout(timer));
  }

  private read(body: unknown, query: PushQueryDto): PushMessage {
    const secrets = this.secrets();
    if (typeof body !== 'string') throw refusedPush();
    try {
      return readPush(body, query, secrets);
    } catch (error) {
      if (!(error instanceof RefusedPush)) throw error;
      this.logger.warn({ why: error.message }, 'official account: push refused');
      throw refusedPush(error);
    }
  }

  private async handle(message: PushMessage, caller: Caller): Promise<void> {
    const scene = bindSceneOf(message);
    // asked before the transaction, which must not wait for WeChat
    const unionid = scene && (await this.codes.isUsable(scene)) ? await this.unionidOf(message) : undefined;
    try {
      await this.transactions.run({}, async (session) => {
        await this.events.insertOne(
          {
            _id: keyOf(message),
            outcome: await this.apply(message, scene, unionid, caller, session),
            at: new Date(),
          },
          { session },
        );
      });
    } catch (error) {
      if (!duplicateKeyFields(error)?.includes('_id')) throw error;
    }
  }

  private async apply(
    { event, fromUserName }: PushMessage,
    scene: string | undefined,
    unionid: string | undefined,
    caller: Caller,
    session: ClientSession,
  ): Promise<string> {
    if (event === 'unsubscribe') {
      await this.identities.unbindFollower(fromUserName, session);
      return 'unbound';
    }
    const userId = scene ? await this.codes.use(scene, session) : null;
    if (!userId) return scene ? 'code-over' : 'ignored';
    const follower = { officialOpenid: fromUserName, ...(unionid ? { unionid } : {}) };
    return this.identities.bindFollower(userId, follower, caller, session);
  }

  /** Accounts that WeChat has not verified may not ask; they do without. */
  private async unionidOf({ fromUserName }: PushMessage): Promise<string | undefined> {
    try {
      return await this.wechat.officialAccount.unionidOf(fromUserName);
    } catch (error) {
      if (error instanceof WechatError) return undefined;
      throw error;
    }
  }

  private secrets(): PushSecrets {
    const { WECHAT_MP_APP_ID, WECHAT_MP_TOKEN, WECHAT_MP_ENCODING_AES_KEY, WECHAT_MP_ENCRYPTED_ONLY } =
      this.settings.env;
    if (!WECHAT_MP_APP_ID || !WECHAT_MP_TOKEN || !WECHAT_MP_ENCODING_AES_KEY)
      throw new AppError('SERVICE_UNAVAILABLE', { message: '微信公众号未配置' });
    return {
      appId: WECHAT_MP_APP_ID,
      token: WECHAT_MP_TOKEN,
      encodingAesKey: WECHAT_MP_ENCODING_AES_KEY,
      encryptedOnly: WECHAT_MP_ENCRYPTED_ONLY,
    };
  }
}

function refusedPush(cause?: unknown): AppError {
  return new AppError('FORBIDDEN', { message: '不是微信推送的消息', cause });
}

/** The scene of a bind code: followers report it by SCAN, new followers by subscribe and with a prefix. */
function bindSceneOf({ event, eventKey }: PushMessage): string | undefined {
  const [, scene] =
    (event === 'SCAN' || event === 'subscribe') && eventKey ? (SCENE.exec(eventKey) ?? []) : [];
  return scene;
}
const SCENE = /^(?:qrscene_)?(bind_[0-9a-f]{32})$/;

function keyOf({ msgId, fromUserName, createTime, event, msgType }: PushMessage): string {
  return msgId ?? [fromUserName, createTime, event ?? msgType].join(':');
}
