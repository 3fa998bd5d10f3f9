package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.safetensors.ModelFiles;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a name stands for: the content that it names for ever, and the files of it that are taken.
 *
 * @param place which names this content and no other
 * @param folder whether the files stand in a folder; otherwise there is one, and it is what is named
 * @param files that are taken, by name
 */
public record Snapshot(Location.Remote place, boolean folder, List<RemoteFile> files) {
    private static final Set<String> ROWS = Set.of("jsonl", "json", "csv", "parquet");
    private static final Pattern PICKLE = Pattern.compile(".*[.](bin|pt|pth|pkl|pickle|ckpt|h5|msgpack)");

    public Snapshot {
        files = files.stream().sorted(Comparator.comparing(RemoteFile::name)).toList();
    }

    /**
     * A model's or an adapter's files among those of a folder: weights as safetensors, configuration, tokenizer, licence and card.
     * Pickles, code and whatever else is there stay where they are.
     *
     * @throws RefusedInput where the only weights there are pickles
     * @throws InvalidInput where there are no weights
     */
    static Snapshot folder(Location.Remote place, List<RemoteFile> all) {
        SortedSet<String> taken =
                ModelFiles.among(all.stream().map(RemoteFile::name).toList());
        List<RemoteFile> files = all.stream()
                .filter(file -> file.isArchive() || taken.contains(file.name()))
                .toList();
        if (files.stream().noneMatch(file -> file.isArchive() || file.name().endsWith(".safetensors"))) {
            all.stream()
                    .map(RemoteFile::name)
                    .filter(name -> PICKLE.matcher(name).matches())
                    .min(Comparator.naturalOrder())
                    .ifPresent(pickle -> {
                        throw RefusedInput.at(
                                place.uri(), "weights", pickle + ", which may run code when read", "model.safetensors");
                    });
            throw InvalidInput.at(
                    place.uri(),
                    "weights",
                    "none among " + all.size() + " files",
                    "model.safetensors, or an adapter's");
        }
        return new Snapshot(place, true, files);
    }

    /**
     * One file of rows.
     *
     * @throws RefusedInput where its name says that it is something else
     */
    static Snapshot file(Location.Remote place, RemoteFile file) {
        if (!isRows(file.name())) {
            throw RefusedInput.at(
                    place.uri(), "file", file.name(), "rows: a name that ends in .jsonl, .json, .csv or .parquet");
        }
        return new Snapshot(place, false, List.of(file));
    }

    static boolean isRows(String name) {
        return ROWS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** 64 hex digits that are the same wherever the same files are, as far as their stores tell. */
    public String id() {
        return id(files);
    }

    static String id(List<RemoteFile> files) {
        String listing = files.stream()
                .sorted(Comparator.comparing(RemoteFile::name))
                .map(file -> "%s\0%d\0%s\n".formatted(file.name(), file.size(), file.identity()))
                .collect(Collectors.joining());
        return Digest.ofBytes(listing.getBytes(UTF_8)).replaceFirst("^sha256:", "");
    }

    /** Bytes to bring. */
    public long size() {
        return files.stream().mapToLong(RemoteFile::size).sum();
    }

    /** The name on this machine: the folder's, or the file's with its ending. */
    public String title() {
        return folder ? place.title() : files.getFirst().name();
    }
}
