package dev.lethe.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.api.document.Documents;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Kinds of requests, each as {@code VERB RESOURCE.GROUP[/SUBRESOURCE]}, such as {@code create jobs.batch}.
 *
 * @param allowed what the operator may do
 * @param refused what it may not
 */
public record Permissions(SortedSet<String> allowed, SortedSet<String> refused) {
    /** What an audit log of the API server has seen. */
    public static Permissions used(String auditLog) {
        var permissions = new Permissions(new TreeSet<>(), new TreeSet<>());
        auditLog.lines()
                .map(line -> Documents.parse("audit log", line, JsonNode.class))
                .filter(request -> request.path("objectRef").has("resource"))
                .forEach(permissions::add);
        return permissions;
    }

    private void add(JsonNode request) {
        var object = request.get("objectRef");
        var group = object.path("apiGroup").asText();
        var subresource = object.path("subresource").asText();
        var permission =
                request.get("verb").asText() + " " + object.get("resource").asText()
                        + (group.isEmpty() ? "" : "." + group) + (subresource.isEmpty() ? "" : "/" + subresource);
        // Not by the answer's code: 403 is also what a namespace says that is being deleted.
        var decision = request.at("/annotations/authorization.k8s.io~1decision").asText();
        (decision.equals("forbid") ? refused : allowed).add(permission);
    }
}
