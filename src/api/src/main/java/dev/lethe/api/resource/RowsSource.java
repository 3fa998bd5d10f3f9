package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file of rows: JSON Lines, JSON, CSV or Parquet.
 *
 * @param uri where it is: {@code pvc://CLAIM/PATH} in a cluster; on a laptop {@code file:PATH}, or a place from which it is fetched first
 * @param digest {@code sha256:HEX} that the content must have; a difference refuses the stage
 * @param columns the fields whose names are none of those that are known
 */
@ValidationRule(
        value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
        fieldPath = ".uri",
        message = "a path may not contain '..', but one on this machine")
public record RowsSource(
        @Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri,
        @Pattern(Syntax.DIGEST) @Size(max = Syntax.DIGEST_LENGTH) @Nullable String digest,
        @Nullable RowColumns columns) {
    public static RowsSource of(String uri) {
        return new RowsSource(uri, null, null);
    }

    /** The file, whatever is in it. */
    public Source file() {
        return new Source(uri, digest);
    }

    /** The same rows at another place. */
    public RowsSource withUri(UnaryOperator<String> change) {
        return new RowsSource(change.apply(uri), digest, columns);
    }

    /** The same, whose content must have that digest; as it was where none is known. */
    public RowsSource pinned(@Nullable String known) {
        return known == null ? this : new RowsSource(uri, known, columns);
    }

    static @Nullable RowsSource changed(@Nullable RowsSource source, UnaryOperator<String> change) {
        return source == null ? null : source.withUri(change);
    }
}
