package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;

/**
 * Where a stage writes. It must not exist yet: nothing is ever overwritten.
 *
 * @param uri {@code pvc://CLAIM/PATH} in a cluster, {@code file:PATH} on a laptop
 */
@ValidationRule(
        value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
        fieldPath = ".uri",
        message = "a path may not contain '..', but one on this machine")
public record Destination(@Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri) {
    Destination withUri(UnaryOperator<String> change) {
        return new Destination(change.apply(uri));
    }
}
