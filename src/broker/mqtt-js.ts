/**
 * MQTT.js, loaded when it is first needed. Its packets are written without the cache of numbers, which is 65,536
 * Buffers: 7 MB of memory in a terminal that sends a vote now and then.
 */
export async function loadMqtt() {
  const [{ default: mqtt }, { default: packets }] = await Promise.all([import('mqtt'), import('mqtt-packet')])
  packets.writeToStream.cacheNumbers = false
  return mqtt
}
