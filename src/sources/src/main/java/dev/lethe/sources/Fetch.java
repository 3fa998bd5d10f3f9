package dev.lethe.sources;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.file.FileTree;
import dev.lethe.sources.FetchJournal.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Brings the files of a snapshot to this machine: ranges of them at once into partial files with a journal, so that it continues after
 * any interruption; then sizes and checksums are compared, and all of it gets its name at once.
 */
public final class Fetch {
    private static final int BLOCK = 1 << 17;

    private final Snapshot snapshot;
    private final Store store;
    private final Transfer transfer;
    private final ProgressListener progress;
    private final FetchFolder folder;
    private final AtomicLong done = new AtomicLong();

    private Fetch(Snapshot snapshot, Store store, Transfer transfer, ProgressListener progress, FetchFolder folder) {
        this.snapshot = snapshot;
        this.store = store;
        this.transfer = transfer;
        this.progress = progress;
        this.folder = folder;
    }

    /** A range of a file. */
    private record Chunk(int file, int number, long from, int count) {}

    /**
     * Brings a snapshot to a path that does not exist yet. Where another fetch brings it there meanwhile, waits for that one.
     *
     * @param target the folder's name, or that of the one file
     * @param progress bytes that are there of all; what it throws stops the fetch where it can continue
     * @throws RefusedInput where what the store sends is not what it says that it has
     * @throws SourceUnavailable where the store does not answer; the same fetch continues
     */
    public static void into(Path target, Snapshot snapshot, Store store, Transfer transfer, ProgressListener progress) {
        try (FetchFolder folder = FetchFolder.take(target, () -> progress.advanced(0, snapshot.size()))) {
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                folder.begin();
                new Fetch(snapshot, store, transfer, progress, folder).run();
            }
            folder.discard();
        }
    }

    private void run() {
        String fingerprint = snapshot.id() + " " + transfer.chunk();
        Map<Chunk, Entry> there = verified(FetchJournal.read(folder.journal(), fingerprint));
        if (there.isEmpty()) {
            folder.clear(); // what lies there may be of another snapshot
        }
        requireSpace();
        try (FetchJournal journal = FetchJournal.begin(folder.journal(), fingerprint, there.values())) {
            bring(chunks(chunk -> !there.containsKey(chunk)), journal);
            Set<Integer> broken = broken();
            if (!broken.isEmpty()) {
                // Once more, in case that something on the way changed a byte.
                List<Chunk> again = chunks(chunk -> broken.contains(chunk.file()));
                again.forEach(chunk -> done.addAndGet(-chunk.count()));
                bring(again, journal);
                requireWhole();
            }
        }
        Path gathered = folder.files();
        Unpacking.unpack(snapshot, gathered);
        folder.commit(snapshot.folder() ? gathered : gathered.resolve(snapshot.title()));
    }

    /** All chunks that are wanted, in the order of the files. */
    private List<Chunk> chunks(Predicate<Chunk> wanted) {
        List<Chunk> chunks = new ArrayList<>();
        for (int file = 0; file < snapshot.files().size(); file++) {
            long count = Math.ceilDiv(snapshot.files().get(file).size(), transfer.chunk());
            for (int number = 0; number < count; number++) {
                Chunk chunk = chunk(file, number);
                if (wanted.test(chunk)) {
                    chunks.add(chunk);
                }
            }
        }
        return chunks;
    }

    private Chunk chunk(int file, int number) {
        long from = (long) number * transfer.chunk();
        return new Chunk(file, number, from, (int)
                Math.min(transfer.chunk(), snapshot.files().get(file).size() - from));
    }

    private Path path(int file) {
        return folder.files().resolve(snapshot.files().get(file).name());
    }

    /** The chunks of a journal that are on the disk as it says. */
    private Map<Chunk, Entry> verified(List<Entry> journal) {
        Map<Chunk, Entry> verified = new LinkedHashMap<>();
        Set<Chunk> all = Set.copyOf(chunks(chunk -> true));
        for (Entry entry : journal) {
            Chunk chunk = entry.file() < snapshot.files().size() ? chunk(entry.file(), entry.chunk()) : null;
            if (chunk != null
                    && all.contains(chunk)
                    && checksum(chunk) == entry.checksum()
                    && verified.put(chunk, entry) == null) {
                advanced(chunk.count());
            }
        }
        return verified;
    }

    /** CRC-32C of a chunk on the disk; -1 where it is not there. */
    private long checksum(Chunk chunk) {
        Path path = path(chunk.file());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            CRC32C sum = new CRC32C();
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            long end = chunk.from() + chunk.count();
            for (long at = chunk.from(); at < end; at += block.limit()) {
                block.clear().limit((int) Math.min(BLOCK, end - at));
                if (channel.read(block, at) != block.limit()) {
                    return -1;
                }
                sum.update(block.flip());
            }
            return sum.getValue();
        } catch (IOException e) {
            return -1;
        }
    }

    /** As the work continues once there is room, this is reported as a failed write. */
    private void requireSpace() {
        long unpacked = snapshot.files().stream()
                .filter(RemoteFile::isArchive)
                .mapToLong(RemoteFile::size)
                .sum(); // at least
        long needed = snapshot.size() - done.get() + unpacked;
        try {
            long free = Files.getFileStore(FileTree.existing(folder.files())).getUsableSpace();
            if (free < needed) {
                throw InvalidInput.unwritable(
                        folder.files(),
                        new IOException("No space left: found %d MiB, expected %d MiB"
                                .formatted(free >> 20, (needed >> 20) + 1)));
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder.files(), e);
        }
    }

    /** Brings chunks, several at once; the first failure of one ends all. */
    private void bring(Collection<Chunk> chunks, FetchJournal journal) {
        touch();
        Queue<Chunk> queue = new ConcurrentLinkedQueue<>(chunks);
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("fetch-", 0).factory())) {
            ExecutorCompletionService<Void> all = new ExecutorCompletionService<>(threads);
            int streams = Math.min(transfer.streams(), queue.size());
            for (int i = 0; i < streams; i++) {
                all.submit(() -> {
                    for (Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
                        journal.add(new Entry(chunk.file(), chunk.number(), bring(chunk)));
                    }
                    return null;
                });
            }
            try {
                for (int i = 0; i < streams; i++) {
                    all.take().get();
                }
            } catch (ExecutionException e) {
                threads.shutdownNow();
                throw e.getCause() instanceof RuntimeException failed
                        ? failed
                        : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                threads.shutdownNow();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    /** An empty file has no chunk. */
    private void touch() {
        for (int file = 0; file < snapshot.files().size(); file++) {
            Path path = path(file);
            try {
                if (!Files.exists(path)) {
                    Files.createFile(path);
                }
            } catch (IOException e) {
                throw InvalidInput.unwritable(path, e);
            }
        }
    }

    /** Brings a chunk, from where a broken connection left it; returns its checksum. */
    private long bring(Chunk chunk) {
        RemoteFile file = snapshot.files().get(chunk.file());
        Path path = path(chunk.file());
        Transfer.Tries tries = transfer.new Tries(snapshot.place().uri() + ": " + file.name());
        CRC32C sum = new CRC32C();
        byte[] block = new byte[Math.min(BLOCK, chunk.count())];
        long at = chunk.from();
        long end = chunk.from() + chunk.count();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            while (at < end) {
                try (InputStream in = store.open(snapshot, file, at, end - at)) {
                    while (at < end) {
                        int count = read(in, block, end - at);
                        write(channel, path, ByteBuffer.wrap(block, 0, count), at);
                        sum.update(block, 0, count);
                        at += count;
                        tries.succeeded();
                        advanced(count);
                    }
                } catch (IOException e) {
                    tries.failed(e);
                }
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(path, e);
        }
        return sum.getValue();
    }

    private static int read(InputStream in, byte[] block, long most) throws IOException {
        int count = in.read(block, 0, (int) Math.min(block.length, most));
        if (count <= 0) {
            throw new IOException("the connection ended early");
        }
        return count;
    }

    private static void write(FileChannel channel, Path path, ByteBuffer bytes, long at) {
        try {
            long position = at;
            while (bytes.hasRemaining()) {
                position += channel.write(bytes, position);
            }
        } catch (IOException e) {
            throw InvalidInput.unwritable(path, e);
        }
    }

    private void advanced(long bytes) {
        progress.advanced(done.addAndGet(bytes), snapshot.size());
    }

    /** The numbers of the files whose bytes are not those that the store says. */
    private Set<Integer> broken() {
        return IntStream.range(0, snapshot.files().size())
                .filter(number -> !found(number)
                        .equals(Optional.ofNullable(snapshot.files().get(number).checksum())))
                .boxed()
                .collect(Collectors.toSet());
    }

    /** The checksum of a file on the disk; empty where the store says none. */
    private Optional<Checksum> found(int number) {
        Checksum expected = snapshot.files().get(number).checksum();
        try {
            return expected == null ? Optional.empty() : Optional.of(expected.of(path(number)));
        } catch (IOException e) {
            throw InvalidInput.unreadable(path(number), e);
        }
    }

    private void requireWhole() {
        broken().stream().findFirst().ifPresent(number -> {
            RemoteFile file = snapshot.files().get(number);
            String found = found(number).map(Checksum::toString).orElse("none");
            folder.discard(); // nothing of it can be trusted
            throw RefusedInput.at(
                    snapshot.place().uri() + ": " + file.name(), "checksum", found, String.valueOf(file.checksum()));
        });
    }
}
