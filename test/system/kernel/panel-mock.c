// SPDX-License-Identifier: GPL-2.0
/*
 * The chips of a panel, for tests: they take everything, remember it, and fail when told to.
 *
 *  /dev/i2c-1      with chips of 256 registers at 27, 3C and 5A; the first byte of a write is the register,
 *                  the rest goes there. Nobody else answers (EREMOTEIO). The one at 5A comes out of a soft
 *                  reset as an MPR121 does.
 *  /dev/spidev0.0  whatever is sent
 *  /dev/leds0      whatever is written, and where
 *
 * Each has a folder in debugfs, panel-mock/{i2c-3c,…,spi,leds}:
 *  log        a line for each message: microseconds, R or W, (of leds: position,) bytes in hex;
 *             writing anything empties it
 *  fail       how many messages from now on fail
 *  registers  of a chip: what it would say
 */
#include <linux/debugfs.h>
#include <linux/i2c.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define spi_alloc_host spi_alloc_master
#endif

#define LOG_BYTES (8 << 20)
#define MPR121_ADDRESS 0x5a
#define MPR121_SOFT_RESET 0x80
#define MPR121_SAMPLING 0x5c

struct device_log {
	char *text;
	size_t bytes;
	u32 failures;
	struct mutex lock;
};

struct chip {
	struct device_log log;
	u8 registers[256];
	u8 next;
};

static const u16 chips[] = { 0x27, 0x3c, MPR121_ADDRESS };
static struct chip all_chips[ARRAY_SIZE(chips)];
static struct device_log spi_log, leds_log;
static struct dentry *root;

/* True when this message is one of those that are to fail; a line in the log otherwise. */
static int failing(struct device_log *log)
{
	int fails;

	mutex_lock(&log->lock);
	fails = log->failures > 0;
	if (fails)
		log->failures--;
	mutex_unlock(&log->lock);
	return fails;
}

static void remember(struct device_log *log, const char *what, const u8 *data, size_t count)
{
	mutex_lock(&log->lock);
	if (log->bytes + 2 * count + 64 < LOG_BYTES) {
		char *end = log->text + log->bytes;

		end += sprintf(end, "%lld %s ", ktime_to_us(ktime_get()), what);
		end = bin2hex(end, data, count);
		*end++ = '\n';
		log->bytes = end - log->text;
	}
	mutex_unlock(&log->lock);
}

static ssize_t read_log(struct file *file, char __user *to, size_t count, loff_t *position)
{
	struct device_log *log = file->private_data;
	ssize_t done;

	mutex_lock(&log->lock);
	done = simple_read_from_buffer(to, count, position, log->text, log->bytes);
	mutex_unlock(&log->lock);
	return done;
}

static ssize_t empty_log(struct file *file, const char __user *from, size_t count, loff_t *position)
{
	struct device_log *log = file->private_data;

	mutex_lock(&log->lock);
	log->bytes = 0;
	mutex_unlock(&log->lock);
	return count;
}

static const struct file_operations log_file = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = read_log,
	.write = empty_log,
};

static ssize_t read_registers(struct file *file, char __user *to, size_t count, loff_t *position)
{
	struct chip *chip = file->private_data;

	return simple_read_from_buffer(to, count, position, chip->registers, sizeof(chip->registers));
}

static ssize_t write_registers(struct file *file, const char __user *from, size_t count, loff_t *position)
{
	struct chip *chip = file->private_data;

	return simple_write_to_buffer(chip->registers, sizeof(chip->registers), position, from, count);
}

static const struct file_operations registers_file = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = read_registers,
	.write = write_registers,
	.llseek = default_llseek,
};

static struct dentry *log_folder(const char *name, struct device_log *log)
{
	struct dentry *folder = debugfs_create_dir(name, root);

	mutex_init(&log->lock);
	log->text = vmalloc(LOG_BYTES);
	debugfs_create_file("log", 0600, folder, log, &log_file);
	debugfs_create_u32("fail", 0600, folder, &log->failures);
	return folder;
}

/* I2C */

static void become_fresh(struct chip *chip)
{
	memset(chip->registers, 0, sizeof(chip->registers));
	chip->registers[MPR121_SAMPLING] = 0x10;
	chip->registers[MPR121_SAMPLING + 1] = 0x24;
}

static void take(struct chip *chip, u16 address, const u8 *data, u16 count)
{
	u16 i;

	chip->next = data[0];
	if (address == MPR121_ADDRESS && count == 2 && data[0] == MPR121_SOFT_RESET && data[1] == 0x63) {
		become_fresh(chip);
		return;
	}
	for (i = 1; i < count; i++)
		chip->registers[chip->next++] = data[i];
}

static int transfer_i2c(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	size_t j;
	int i;

	for (i = 0; i < count; i++) {
		struct i2c_msg *message = &messages[i];
		struct chip *chip = NULL;

		for (j = 0; j < ARRAY_SIZE(chips); j++)
			if (chips[j] == message->addr)
				chip = &all_chips[j];
		if (!chip || failing(&chip->log))
			return -EREMOTEIO;
		if (message->flags & I2C_M_RD) {
			for (j = 0; j < message->len; j++)
				message->buf[j] = chip->registers[chip->next++];
			remember(&chip->log, "R", message->buf, message->len);
		} else {
			take(chip, message->addr, message->buf, message->len);
			remember(&chip->log, "W", message->buf, message->len);
		}
	}
	return count;
}

static u32 i2c_abilities(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | (I2C_FUNC_SMBUS_EMUL & ~I2C_FUNC_SMBUS_QUICK);
}

static const struct i2c_algorithm i2c_algorithm = {
	.master_xfer = transfer_i2c,
	.functionality = i2c_abilities,
};

static const struct i2c_adapter_quirks i2c_quirks = { .flags = I2C_AQ_NO_ZERO_LEN };

static struct i2c_adapter adapter = {
	.owner = THIS_MODULE,
	.name = "panel-mock",
	.nr = 1,
	.algo = &i2c_algorithm,
	.quirks = &i2c_quirks,
};

static int add_i2c(struct device *parent)
{
	char name[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(chips); i++) {
		struct dentry *folder;

		snprintf(name, sizeof(name), "i2c-%02x", chips[i]);
		folder = log_folder(name, &all_chips[i].log);
		debugfs_create_file("registers", 0600, folder, &all_chips[i], &registers_file);
		if (chips[i] == MPR121_ADDRESS)
			become_fresh(&all_chips[i]);
	}
	adapter.dev.parent = parent;
	return i2c_add_numbered_adapter(&adapter);
}

/* SPI */

static int transfer_spi(struct spi_controller *controller, struct spi_device *device, struct spi_transfer *transfer)
{
	if (failing(&spi_log))
		return -EIO;
	if (transfer->rx_buf)
		memset(transfer->rx_buf, 0, transfer->len);
	if (transfer->tx_buf) {
		char what[32];

		snprintf(what, sizeof(what), "%u W", transfer->speed_hz);
		remember(&spi_log, what, transfer->tx_buf, transfer->len);
	}
	return 0;
}

static int add_spi(struct device *parent)
{
	/* The name of a device that spidev is willing to take. */
	struct spi_board_info info = { .modalias = "bk4", .max_speed_hz = 32000000 };
	struct spi_controller *controller = spi_alloc_host(parent, 0);
	int error;

	if (!controller)
		return -ENOMEM;
	log_folder("spi", &spi_log);
	controller->bus_num = 0;
	controller->num_chipselect = 1;
	controller->mode_bits = SPI_CPOL | SPI_CPHA | SPI_CS_HIGH | SPI_LSB_FIRST;
	controller->transfer_one = transfer_spi;
	error = spi_register_controller(controller);
	if (error)
		return error;
	return spi_new_device(controller, &info) ? 0 : -ENODEV;
}

/* /dev/leds0, as the kernel's ws2812-pio has it */

static ssize_t write_leds(struct file *file, const char __user *from, size_t count, loff_t *position)
{
	char what[32];
	u8 *data;

	if (failing(&leds_log))
		return -EIO;
	if (count > 65536)
		return -EFBIG;
	data = memdup_user(from, count);
	if (IS_ERR(data))
		return PTR_ERR(data);
	snprintf(what, sizeof(what), "%lld W", *position);
	remember(&leds_log, what, data, count);
	kfree(data);
	*position += count;
	return count;
}

static const struct file_operations leds_file = {
	.owner = THIS_MODULE,
	.write = write_leds,
	.llseek = noop_llseek,
};

static struct miscdevice leds = { .minor = MISC_DYNAMIC_MINOR, .name = "leds0", .fops = &leds_file };

static int __init begin(void)
{
	struct platform_device *parent = platform_device_register_simple("panel-mock", -1, NULL, 0);
	int error;

	if (IS_ERR(parent))
		return PTR_ERR(parent);
	root = debugfs_create_dir("panel-mock", NULL);
	error = add_i2c(&parent->dev);
	if (!error)
		error = add_spi(&parent->dev);
	if (error)
		return error;
	log_folder("leds", &leds_log);
	return misc_register(&leds);
}
/* There is no end: it is built in. */
device_initcall(begin);
