import { Schema } from 'mongoose';

export const MEMBER = 'Member';

/** 0 unknown, 1 male, 2 female, as WeChat has it. */
export const SEXES = [0, 1, 2] as const;
type Sex = (typeof SEXES)[number];

/** Where a member was when the mini-program last told. */
interface Whereabouts {
  firstAreaId: number;
  secondAreaId: number;
  thirdAreaId: number;
  address: string;
  /** degrees */
  longitude: number;
  latitude: number;
  at: Date;
}

/** Somebody who uses the marketplace, by one WeChat account. */
export interface Member {
  /** from a sequence */
  _id: number;
  /** at the mini-program; never leaves the service */
  openid: string;
  unionid?: string;
  /** given by WeChat on its owner's word */
  phone: string;
  name: string;
  avatar: string;
  /** the file that `avatar` is the address of, where it was uploaded here */
  avatarFile?: string | null;
  sex: Sex;
  /** as the registering mini-program said */
  inviterId?: number;
  whereabouts?: Whereabouts;
  tokenVersion: number;
  createdAt: Date;
  updatedAt: Date;
}

export const memberSchema = new Schema<Member>(
  {
    _id: { type: Number, required: true },
    openid: { type: String, required: true },
    phone: { type: String, required: true },
  },
  { collection: 'members', versionKey: false, strict: false },
)
  // log-in; of two registrations of one WeChat account at once, one makes the member
  .index({ openid: 1 }, { unique: true });
