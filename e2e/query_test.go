package e2e

import "testing"

// Whatever depends on the list's query follows it: sort and size through a filter, the
// file, and the language switch, over the history too.
func TestWhatDependsOnTheQuery(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.click(".col-name .sort")
	p.at("/agents?sort=name")
	p.click(".paging-sizes a:nth-of-type(2)")
	p.at("/agents?size=50&sort=name")
	p.choose("#status", "1")
	p.at("/agents?size=50&sort=name&status=1")
	p.wait(`document.querySelector("#files a").getAttribute("href").includes("status=1") && document.querySelector("#files a").getAttribute("href").includes("sort=name")`)
	p.wait(`document.querySelector(".col-name").getAttribute("aria-sort") === "ascending"`)
	p.choose("#status", "")
	p.at("/agents?size=50&sort=name")
	p.wait(`!document.querySelector("#files a").getAttribute("href").includes("status=1")`)
	p.back()
	p.at("/agents?size=50&sort=name&status=1")
	p.wait(`document.querySelector("#files a").getAttribute("href").includes("status=1")`)
	p.choose("#status", "0")
	p.at("/agents?size=50&sort=name&status=0")
	p.switchLooks()
}
