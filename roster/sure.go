package roster

// Unsure is a reason why a list may be missing a queue.
//
// A list is sure when a write made from it cannot take an agent out of a queue
// unasked, as far as anything the API offers can tell. That takes all of:
//
//   - the agent's unfiltered row was read after the request began, to both edges
//     of its page (RowOld otherwise);
//   - the queue_id listing of every known queue that the row does not show was
//     read to its end: after the request began where the list or the change names
//     the queue, else at most Config.EvidenceAge before (EvidenceIncomplete
//     otherwise; for callout: an older answer showed a queue that the newest, which
//     shows one, may hide);
//   - a crawl of the tenant came to its end once, so that "every known queue" is
//     every queue any agent shows (CrawlIncomplete otherwise);
//   - the tenant is not one of whose agents neither a row nor a listing has ever
//     shown a second queue: either nobody has one, or the API shows and lists the
//     first alone (OneShown otherwise, unless the list is empty, this reading was
//     certainly whole, or an administrator keeps a list of the tenant's queues).
//
// Sure is not more than that. Where rows show one queue only and the listings the
// others, a queue that no agent shows first is known to nobody here and would be
// lost unseen. The plan then carries WarnOneShown, unless an answer has once shown
// the agent wholly (one in which anybody has two queues hides none), its list is
// empty, or a list of queues is kept. With Config.AskOneShown the list is unsure
// instead, unless this very reading showed the agent wholly.
//
// And between our last read and the PUT another administrator can still change
// the list; the API has no conditional write, so that window, and the time the
// reads themselves take, cannot be closed from here.
// docs/safe-write.md has all of this on one page, with what is asked.
type Unsure string

// The reasons, each a code for the catalogues.
const (
	RowOld             Unsure = "row-old"
	EvidenceIncomplete Unsure = "evidence-incomplete"
	CrawlIncomplete    Unsure = "crawl-incomplete"
	OneShown           Unsure = "one-shown"
	// CalloutOneShown: the API shows one callout queue and a write replaces all of
	// them, so that a change of what is shown may lose others.
	CalloutOneShown Unsure = "callout-one-shown"
)
