-- With which program a person was last let in from a device, so that they know it again in «Mi cuenta».
ALTER TABLE device ADD COLUMN agent TEXT;
