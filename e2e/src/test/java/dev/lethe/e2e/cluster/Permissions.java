package dev.lethe.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.api.document.Documents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the operator asked of the API server.
 *
 * @param allowed kinds of requests, each as {@code VERB RESOURCE.GROUP[/SUBRESOURCE]}, such as {@code create jobs.batch}
 * @param refused every request that it may not make, in the order in which they came
 */
public record Permissions(SortedSet<String> allowed, List<Refusal> refused) {
    /**
     * A request that was refused.
     *
     * @param namespace where it was for objects of one; empty where it was for all
     * @param pod that asked
     * @param why in the authorizer's words, where it has any
     */
    public record Refusal(String permission, String namespace, String pod, Instant at, String why) {}

    /** What an audit log of the API server has seen. */
    public static Permissions used(String auditLog) {
        var permissions = new Permissions(new TreeSet<>(), new ArrayList<>());
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
        if (!request.at("/annotations/authorization.k8s.io~1decision").asText().equals("forbid")) {
            allowed.add(permission);
            return;
        }
        refused.add(new Refusal(
                permission,
                object.path("namespace").asText(),
                request.at("/user/extra/authentication.kubernetes.io~1pod-name/0")
                        .asText(),
                Instant.parse(request.get("requestReceivedTimestamp").asText()),
                request.at("/annotations/authorization.k8s.io~1reason").asText()));
    }
}
