package dev.lethe.merge.engine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.Header;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/** A safetensors file whose parts are written in any order, also by a later run: its header is written first. */
final class ShardFile implements AutoCloseable {
    /** Opens files; a test's may fail. */
    @FunctionalInterface
    interface Opener {
        FileChannel open(Path path) throws IOException;
    }

    private final Path path;
    private final FileChannel channel;
    private final Header header;
    private final long dataStart;

    /** The kernel lets one thread at a time write a file and makes the others spin; a lock lets them sleep. */
    private final Lock writing = new ReentrantLock();

    private ShardFile(Path path, FileChannel channel, Header header, long dataStart) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
    }

    /** Opens a file that may be there already, gives it its size and writes its header. */
    static ShardFile open(Path path, Map<String, TensorInfo> infos, Map<String, String> metadata, Opener opener) {
        Header header = Header.plan(infos, metadata);
        byte[] text = header.encode();
        if (text.length > Header.MAX_BYTES) {
            throw InvalidInput.at(path.toString(), "header", text.length + " bytes", "at most " + Header.MAX_BYTES);
        }
        long dataStart = Long.BYTES + (long) text.length;
        try {
            FileChannel channel = opener.open(path);
            ShardFile file = new ShardFile(path, channel, header, dataStart);
            channel.truncate(dataStart + header.dataBytes());
            ByteBuffer start = ByteBuffer.allocate(Math.toIntExact(dataStart)).order(ByteOrder.LITTLE_ENDIAN);
            file.writeFully(start.putLong(text.length).put(text).flip(), 0);
            return file;
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    void write(String tensor, long offset, ByteBuffer bytes) {
        long position = position(tensor, offset, bytes.remaining());
        writing.lock();
        try {
            writeFully(bytes, position);
        } catch (IOException e) {
            throw failed(path, e);
        } finally {
            writing.unlock();
        }
    }

    /** Whether the bytes in the file have that checksum; those of a file that is too short do not. */
    boolean holds(String tensor, long offset, long length, long checksum) {
        CRC32C actual = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(ChunkWriter.BUFFER);
        long at = position(tensor, offset, length);
        try {
            for (long left = length; left > 0; ) {
                int count = channel.read(buffer.clear().limit((int) Math.min(buffer.capacity(), left)), at);
                if (count < 0) {
                    return false;
                }
                actual.update(buffer.flip());
                at += count;
                left -= count;
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
        return actual.getValue() == checksum;
    }

    /**
     * Where a part of a tensor is in the file.
     *
     * @throws IndexOutOfBoundsException where the part does not lie in the tensor
     */
    private long position(String tensor, long offset, long length) {
        TensorInfo info = header.tensors().get(tensor);
        if (info == null || offset < 0 || length > info.bytes() - offset) {
            throw new IndexOutOfBoundsException(
                    "%s: %d bytes at %d do not lie in tensor %s %s".formatted(path, length, offset, tensor, info));
        }
        return dataStart + info.begin() + offset;
    }

    void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static UncheckedIOException failed(Path path, IOException e) {
        return new UncheckedIOException(path + ": " + e.getMessage(), new IOException(path + ": " + e.getMessage(), e));
    }
}
