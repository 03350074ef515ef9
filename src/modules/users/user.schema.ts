import { Schema, type Types } from 'mongoose';
import { type Role, ROLES } from '../../common/access/principal';

export const USER = 'User';

export interface User {
  _id: Types.ObjectId;
  /** as typed at creation; log-in ignores case through usernameKey */
  username?: string;
  usernameKey?: string;
  passwordHash?: string;
  name: string;
  phone?: string;
  role: Role;
  active: boolean;
  /** at the mini-program */
  openid?: string;
  /** at the official account */
  officialOpenid?: string;
  /** the same person at both */
  unionid?: string;
  /** made by a WeChat log-in without an account; gives way to the staff account that the person turns out to have */
  madeByWechat?: boolean;
  /** the number that WeChat gave on the owner's word; `phone` is what the agency has entered */
  provedPhone?: string;
  provedPhoneAt?: Date;
  avatar?: string;
  /** raised to make every token issued before worthless */
  tokenVersion: number;
  /** the database's own clock at the last change of role, state, name or token version */
  stateChangedAt: Date;
  /** raised by what must not pass a change of the account by; the number says nothing */
  holds?: number;
  createdAt: Date;
  updatedAt: Date;
}

/** By the filter that leads them, as the list names them to the database. */
export const USER_LIST_INDEXES = {
  none: { createdAt: -1, _id: -1 },
  role: { role: 1, createdAt: -1, _id: -1, active: 1 },
  active: { active: 1, createdAt: -1, _id: -1 },
} as const;

export const userSchema = new Schema<User>(
  {
    username: String,
    usernameKey: String,
    passwordHash: String,
    name: { type: String, required: true },
    phone: String,
    role: { type: String, enum: ROLES, required: true },
    active: { type: Boolean, default: true },
    openid: String,
    officialOpenid: String,
    unionid: String,
    madeByWechat: Boolean,
    provedPhone: String,
    provedPhoneAt: Date,
    avatar: String,
    tokenVersion: { type: Number, default: 1 },
    stateChangedAt: { type: Date, required: true },
    holds: Number,
    createdAt: Date,
    updatedAt: Date,
  },
  { collection: 'users', versionKey: false },
)
  // POST /api/auth/login, and no two accounts of one name
  .index({ usernameKey: 1 }, { unique: true, partialFilterExpression: { usernameKey: { $type: 'string' } } })
  // log-in by proved phone, and no two accounts of one phone
  .index({ phone: 1 }, { unique: true, partialFilterExpression: { phone: { $type: 'string' } } })
  // GET /api/users, newest first
  .index(USER_LIST_INDEXES.none)
  // GET /api/users?role, with ?active compared within the index
  .index(USER_LIST_INDEXES.role)
  // GET /api/users?active
  .index(USER_LIST_INDEXES.active)
  // POST /api/wechat/login and /api/auth/miniprogram-login; an openid belongs to one account
  .index({ openid: 1 }, { unique: true, partialFilterExpression: { openid: { $type: 'string' } } })
  // who sent an event of the official account; each person is one account
  .index(
    { officialOpenid: 1 },
    { unique: true, partialFilterExpression: { officialOpenid: { $type: 'string' } } },
  )
  .index({ unionid: 1 }, { unique: true, partialFilterExpression: { unionid: { $type: 'string' } } })
  // the staff directory's look for changes
  .index({ stateChangedAt: 1 })
  // the last active administrator
  .index({ role: 1, active: 1 });
