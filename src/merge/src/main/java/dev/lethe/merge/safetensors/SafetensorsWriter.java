package dev.lethe.merge.safetensors;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes one safetensors file whose tensors are known beforehand: the header first, then data at its place in any order
 * and from any thread. The bytes depend on names, types, shapes, metadata and data alone. The file appears under its
 * name at {@link #commit}, complete and forced to the disk; without it nothing stays.
 */
public final class SafetensorsWriter implements AutoCloseable {
    /** Bytes moved by one system call; views of at most this size keep the JDK's direct buffers small. */
    private static final int CHUNK = 1 << 20;

    private final Path target;
    private final Path partial;
    private final FileChannel channel;
    private final Header header;
    private final long dataStart;
    private final AtomicLong written = new AtomicLong();

    private SafetensorsWriter(Path target, Path partial, FileChannel channel, Header header, long dataStart) {
        this.target = target;
        this.partial = partial;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
    }

    /**
     * Begins a file.
     *
     * @param infos dtype and shape by name, see {@link TensorInfo#of}
     * @param metadata for instance {@link Header#PYTORCH}
     * @throws InvalidInput where the file cannot be written or its header would be one that readers reject
     */
    public static SafetensorsWriter create(Path target, Map<String, TensorInfo> infos, Map<String, String> metadata) {
        Header header = Header.plan(infos, metadata);
        byte[] text = header.encode();
        if (text.length > Header.MAX_BYTES) {
            throw InvalidInput.at(target.toString(), "header", text.length + " bytes", "at most " + Header.MAX_BYTES);
        }
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            FileChannel channel = FileChannel.open(
                    partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            SafetensorsWriter writer =
                    new SafetensorsWriter(target, partial, channel, header, Long.BYTES + (long) text.length);
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + text.length).order(ByteOrder.LITTLE_ENDIAN);
            writer.writeFully(start.putLong(text.length).put(text).flip(), 0);
            return writer;
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    public Header header() {
        return header;
    }

    /** Writes a whole tensor. */
    public void write(String name, MemorySegment bytes) {
        write(name, 0, bytes);
    }

    /**
     * Writes a part of a tensor; parts may come in any order and from any thread, each byte once.
     *
     * @param offset first byte of the part within the tensor
     * @throws InvalidInput where the disk is full or fails
     */
    public void write(String name, long offset, MemorySegment bytes) {
        TensorInfo info = header.tensors().get(name);
        if (info == null || offset < 0 || offset + bytes.byteSize() > info.bytes()) {
            throw new IllegalArgumentException(
                    "%d bytes at %d of %s do not lie in %s".formatted(bytes.byteSize(), offset, name, info));
        }
        try {
            for (long done = 0; done < bytes.byteSize(); done += CHUNK) {
                long size = Math.min(CHUNK, bytes.byteSize() - done);
                writeFully(bytes.asSlice(done, size).asByteBuffer(), dataStart + info.begin() + offset + done);
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
        written.addAndGet(bytes.byteSize());
    }

    /**
     * Forces the data to the disk and gives the file its name, replacing what had it.
     *
     * @throws IllegalStateException where not every byte was written
     */
    public void commit() {
        if (written.get() != header.dataBytes()) {
            throw new IllegalStateException(
                    "%s: %d of %d bytes written".formatted(target, written.get(), header.dataBytes()));
        }
        try {
            channel.force(true);
            channel.close();
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    /** Deletes what was not committed. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw InvalidInput.unwritable(target, e);
        }
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
