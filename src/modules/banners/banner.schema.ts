import { Schema, type Types } from 'mongoose';

export const BANNER = 'Banner';

export const LINK_TYPES = ['none', 'miniprogram', 'h5', 'external'] as const;
export const BANNER_STATES = ['active', 'inactive'] as const;

export interface Banner {
  _id: Types.ObjectId;
  title: string;
  imageUrl: string;
  linkUrl: string;
  linkType: (typeof LINK_TYPES)[number];
  /** smallest first */
  order: number;
  status: (typeof BANNER_STATES)[number];
  /** shown from then, until then; null is open */
  startTime: Date | null;
  endTime: Date | null;
  viewCount: number;
  clickCount: number;
  createdAt: Date;
  updatedAt: Date;
}

export const bannerSchema = new Schema<Banner>(
  {
    title: String,
    imageUrl: String,
    linkUrl: String,
    linkType: { type: String, enum: LINK_TYPES },
    order: Number,
    status: { type: String, enum: BANNER_STATES },
    startTime: Date,
    endTime: Date,
    viewCount: Number,
    clickCount: Number,
    createdAt: Date,
    updatedAt: Date,
  },
  { collection: 'banners', versionKey: false },
)
  // GET /api/banners/miniprogram/active, with the times compared within the index
  .index({ status: 1, order: 1, _id: 1, startTime: 1, endTime: 1 })
  // GET /api/banners
  .index({ order: 1, _id: 1 });
