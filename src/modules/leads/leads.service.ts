import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import type { Caller } from '../../common/access/caller';
import { invalidField } from '../../common/errors/app-error';
import { Outcome } from '../../common/http/envelope';
import { clientNetwork } from '../../common/rate-limit/client-network';
import { RateLimiter } from '../../common/rate-limit/rate-limiter';
import { MOBILE } from '../../common/validation/fields';
import { type Collection, InjectCollection } from '../../database/collections';
import { Sequences } from '../../database/sequences';
import { Transactions } from '../../database/transactions';
import { mayHoldCustomers } from '../customers/customer-access';
import type { Customer } from '../customers/customer.schema';
import { CustomersService } from '../customers/customers.service';
import { StaffNotifications } from '../messages/staff-notifications.service';
import { StaffDirectory } from '../users/staff-directory';
import { type ActionType, CUSTOMER_ACTION, type CustomerAction } from './customer-action.schema';
import type { CustomerActionAnswer, CustomerActionDto } from './leads.dto';

/** What an advisor reads; 新 is put before it for somebody who has just become a lead. */
const NOTICES: Record<ActionType, string> = {
  view_resume: '客户查看了您的简历',
  contact_advisor: '客户想要联系您',
  book_service: '客户预约了您的服务',
};
const NOTES: Record<ActionType, string> = {
  view_resume: '查看简历',
  contact_advisor: '联系顾问',
  book_service: '预约服务',
};
const NAMELESS = '微信用户';
const HOUR_MS = 3_600_000;
/** More than this in an hour, and the messages would bury each other: the actions are only recorded. */
const MOST_NOTICES_AN_HOUR = 60;
/** The same of the same person is told once within this time. */
const SAME_NOTICE_MS = 10 * 60_000;

interface Admission {
  phone: string | undefined;
  /** whether the answer may say what became of the phone */
  told: boolean;
}

interface Recorded {
  action: CustomerAction;
  lead: Customer | null;
}

/** What people do in the mini-program, and the customers that some of them thereby become. */
@Injectable()
export class Leads {
  /** By request: one whose transaction has to run again counts once all the same. */
  private readonly admissions = new WeakMap<Caller, Promise<Admission>>();

  constructor(
    @InjectCollection(CUSTOMER_ACTION) private readonly actions: Collection<CustomerAction>,
    private readonly customers: CustomersService,
    private readonly notifications: StaffNotifications,
    private readonly staff: StaffDirectory,
    private readonly transactions: Transactions,
    private readonly limits: RateLimiter,
    private readonly sequences: Sequences,
  ) {}

  /**
   * Records an action. A phone that is nobody's yet becomes a lead, once, however many actions bring it at a time.
   * Anybody can call this, so nothing is told of a customer that was there before, and only the first few answers a
   * day tell an address whether its phone became a lead: the answers are no way to find out who is a customer.
   */
  async record(input: CustomerActionDto, caller: Caller): Promise<Outcome<CustomerActionAnswer>> {
    const admission = this.admissions.get(caller) ?? this.admit(input, caller);
    this.admissions.set(caller, admission);
    const { phone, told } = await admission;
    const customerId = phone ? await this.customers.nextLeadNumber() : '';
    const recorded = await this.transactions.run(caller, (session) =>
      this.write(input, phone, customerId, caller, session),
    );
    return answerOf(recorded, told);
  }

  private async admit(input: CustomerActionDto, caller: Caller): Promise<Admission> {
    await this.limits.take('customerActionOpenid', input.customerId);
    const advisor = await this.staff.find(input.advisorId);
    if (!advisor || !mayHoldCustomers(advisor)) throw invalidField('advisorId', '顾问不存在或已停用');
    const phone = input.customerPhone && MOBILE.test(input.customerPhone) ? input.customerPhone : undefined;
    const network = clientNetwork(caller.ip);
    if (phone) await this.limits.take('leadPhone', network);
    return { phone, told: phone !== undefined && (await this.limits.allows('leadTold', network)) };
  }

  private async write(
    input: CustomerActionDto,
    phone: string | undefined,
    customerId: string,
    caller: Caller,
    session: ClientSession,
  ): Promise<Recorded> {
    const known = phone ? await this.customers.findIdByPhone(phone, session) : null;
    const lead =
      phone && !known
        ? await this.customers.addLead(leadOf(input, phone, customerId), caller, session)
        : null;
    const now = new Date();
    const action: CustomerAction = {
      _id: new Types.ObjectId(),
      openid: input.customerId,
      advisorId: new Types.ObjectId(input.advisorId),
      actionType: input.actionType,
      actionData: input.actionData,
      customerRecordId: lead?._id ?? known,
      noticeQueuedAt: null,
      at: now,
    };
    if (await this.tellAdvisor(action, input, phone, lead !== null, session)) action.noticeQueuedAt = now;
    await this.actions.insertOne(action, { session, ignoreUndefined: true });
    return { action, lead };
  }

  private async tellAdvisor(
    action: CustomerAction,
    input: CustomerActionDto,
    phone: string | undefined,
    isNew: boolean,
    session: ClientSession,
  ): Promise<boolean> {
    // a new lead is told whatever else was; how many there can be is limited by address
    if (!isNew && !(await this.isWorthTelling(action, session))) return false;
    const customer = action.customerRecordId;
    const told = await this.notifications.bySubscription(
      action.advisorId,
      {
        text: `${isNew ? '新' : ''}${NOTICES[action.actionType]}`,
        // as the caller says it: whose customer it is may not be this advisor's business
        name: nameOf(input),
        phone,
        page: customer ? `pages/customer/detail?id=${customer.toHexString()}` : 'pages/index/index',
      },
      session,
    );
    // two at once would each find that nothing was told yet
    if (told) await this.sequences.contend(`notices:${action.advisorId.toHexString()}`, session);
    return told;
  }

  private async isWorthTelling(action: CustomerAction, session: ClientSession): Promise<boolean> {
    const now = Date.now();
    const recent = await this.actions
      .find(
        { advisorId: action.advisorId, noticeQueuedAt: { $gte: new Date(now - HOUR_MS) } },
        { session, projection: { openid: 1, actionType: 1, noticeQueuedAt: 1 } },
      )
      .limit(MOST_NOTICES_AN_HOUR)
      .toArray();
    const same = ({ openid, actionType, noticeQueuedAt }: CustomerAction) =>
      openid === action.openid &&
      actionType === action.actionType &&
      (noticeQueuedAt?.getTime() ?? 0) > now - SAME_NOTICE_MS;
    return recent.length < MOST_NOTICES_AN_HOUR && !recent.some(same);
  }
}

/** A name of nothing that can be seen is none: WeChat would refuse the message. */
function nameOf({ customerName = '' }: CustomerActionDto): string {
  return /[^\s\p{Cc}]/u.test(customerName) ? customerName : NAMELESS;
}

function leadOf(input: CustomerActionDto, phone: string, customerId: string) {
  return {
    customerId,
    phone,
    name: nameOf(input),
    wechatId: input.customerId.slice(0, 50),
    notes: `微信小程序线索：${NOTES[input.actionType]}`,
    advisorId: input.advisorId,
  };
}

function answerOf({ action, lead }: Recorded, told: boolean): Outcome<CustomerActionAnswer> {
  const shown = told ? lead : null;
  const actionId = action._id.toHexString();
  const leadId = shown?._id.toHexString();
  return new Outcome(shown ? '记录客户行为成功，已创建新客户线索' : '记录客户行为成功', {
    actionId,
    customerCreated: shown !== null,
    ...(leadId ? { customerId: leadId } : {}),
    action: {
      _id: actionId,
      id: actionId,
      customerId: action.openid,
      advisorId: action.advisorId.toHexString(),
      actionType: action.actionType,
      ...(leadId ? { customerRecordId: leadId } : {}),
      // the message is sent afterwards
      notified: false,
    },
    ...(shown && leadId
      ? {
          customer: {
            _id: leadId,
            id: leadId,
            name: shown.name,
            phone: shown.phone ?? '',
            leadSource: shown.leadSource,
            customerId: shown.customerId,
          },
        }
      : {}),
  });
}
