package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a merge writes, and what. The place must not exist yet: nothing is ever overwritten.
 *
 * @param uri {@code pvc://CLAIM/PATH} in a cluster, {@code file:PATH} on a laptop
 * @param form {@code adapter}, or {@code model}: folded into the base
 */
@ValidationRule(
        value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
        fieldPath = ".uri",
        message = "a path may not contain '..', but one on this machine")
public record MergeOutput(
        @Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri,
        @OneOf({"adapter", "model"}) @Default("adapter") @Nullable String form) {
    MergeOutput withUri(UnaryOperator<String> change) {
        return new MergeOutput(change.apply(uri), form);
    }
}
